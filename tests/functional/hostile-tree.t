Versions that 'mlo add' never makes, and places where a checkout must not write.

  $ git init -q && mlo init -q
  $ mkdir data; printf 'x\n' > data/a; mlo add -q data; git add -A; git commit -qm start

A folder that is a symbolic link out of the workspace is never written through.

  $ mkdir ../outside; rm -r data; ln -s ../outside data
  $ mlo checkout
  error[MLO-W050]: 1 file in the way has content that is stored nowhere; nothing was changed
    = 'data'
    help: 'mlo add PATH' to keep them, or 'mlo checkout --force' to move them to the trash
  [1]
  $ ls ../outside
  $ rm data; mkdir sub; mlo -q checkout; mv data data.mlo sub/; rm -r sub/data; mv sub ../outside/; ln -s ../outside/sub sub
  $ mlo checkout sub/data
  error[MLO-U007]: cannot open folder '$CASE/work/sub': Too many levels of symbolic links
  [1]
  $ ls ../outside/sub
  data.mlo
  $ rm sub

A pointer that names a folder's listing with a name that belongs to git: nothing is written.

  $ cat > plant.py <<'EOF'
  > import hashlib, struct, subprocess, sys
  > blob, name = b"evil\n", sys.argv[1].encode()
  > tree = b"mlo tree 1\nf\0" + struct.pack("<HQ", len(name), len(blob)) + name + b"\1" + hashlib.sha256(blob).digest()
  > for path, content in (("blob", blob), ("tree", tree)):
  >     open(path, "wb").write(content)
  > subprocess.run(["mlo", "add", "-q", "blob", "tree"], check=True)
  > id = hashlib.sha256(tree).hexdigest()
  > open("planted.mlo", "w").write(f"mlo: 1\npath: planted\nid: sha256:{id}\nkind: directory\nsize: 5\nfiles: 1\n")
  > EOF
  $ python3 plant.py .git && mlo checkout planted
  error[MLO-W051]: the version of 'planted' holds a name that is never written
    = 'planted/.git'
    = the last would be git's own folder on some file systems
    help: mlo ls planted
  [1]
  $ ls -A planted
  ls: cannot access 'planted': No such file or directory
  [2]
  $ for name in '.GIT' 'git~1' '.git ' '.git::$INDEX_ALLOCATION' .mlo; do python3 plant.py "$name"; mlo checkout planted 2>&1 | head -1; ls -d planted; done
  error[MLO-W051]: the version of 'planted' holds a name that is never written
  ls: cannot access 'planted': No such file or directory
  error[MLO-W051]: the version of 'planted' holds a name that is never written
  ls: cannot access 'planted': No such file or directory
  error[MLO-W051]: the version of 'planted' holds a name that is never written
  ls: cannot access 'planted': No such file or directory
  error[MLO-W051]: the version of 'planted' holds a name that is never written
  ls: cannot access 'planted': No such file or directory
  error[MLO-W051]: the version of 'planted' holds a name that is never written
  ls: cannot access 'planted': No such file or directory
  [2]

It can be looked at all the same.

  $ mlo ls planted
  planted/.mlo

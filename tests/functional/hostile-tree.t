Versions that 'mlo add' never makes, and places where a checkout must not write.

  $ git init -q && mlo init -q
  $ mkdir data; printf 'x\n' > data/a; mlo add -q data; git add -A; git commit -qm start

A folder that is a symbolic link out of the workspace is never written through.

  $ mkdir ../outside; rm -r data; ln -s ../outside data
  $ mlo checkout
  $ ls ../outside
  $ rm data; mkdir sub; mlo -q checkout; mv data data.mlo sub/; rm -r sub/data; mv sub ../outside/; ln -s ../outside/sub sub
  $ mlo checkout sub/data
  $ ls ../outside/sub
  $ rm sub

A pointer that names a folder's listing with a name that belongs to git: nothing is written.

  $ cat > plant.py <<'EOF'
  > import hashlib, struct, subprocess, sys
  > def entry(name, size, id):
  >     return b"f\0" + struct.pack("<HQ", len(name), size) + name + b"\1" + id
  > blob = hashlib.sha256(b"evil\n").digest()
  > tree = b"mlo tree 1\n" + entry(sys.argv[1].encode(), 5, blob)
  > open("blob", "wb").write(b"evil\n"); open("tree", "wb").write(tree)
  > id = hashlib.sha256(tree).hexdigest()
  > subprocess.run(["mlo", "add", "-q", "blob", "tree"], check=True)
  > text = open("blob.mlo").read().replace("path: blob", "path: planted")
  > text = text.replace(blob.hex(), hashlib.sha256(b"evil\n").hexdigest())
  > open("planted.mlo", "w").write(subprocess.run(["sed", "s/kind: file/kind: directory/; s/size: .*/size: 5/; /^executable/d; s/sha256:.*/sha256:" + id + "/; $a files: 1"], input=text, capture_output=True, text=True).stdout)
  > EOF
  $ python3 plant.py .git && mlo checkout planted
  $ ls -A planted
  $ for name in '.GIT' 'git~1' '.git ' '.git::$INDEX_ALLOCATION' .mlo; do python3 plant.py "$name"; mlo checkout planted 2>&1 | head -1; ls -d planted; done

It can be looked at all the same.

  $ mlo ls planted

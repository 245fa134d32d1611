# SPDX-License-Identifier: Apache-2.0
"""Projects with a dvc.yaml, and what happens to them: steps `RUN` (dvc repro, or mlo run) and shell commands between them."""
import hashlib
import random


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def tracked(path, md5_of_it, size, more=""):
    """The text of a .dvc file."""
    return f"outs:\n- md5: {md5_of_it}\n  size: {size}\n{more}  hash: md5\n  path: {path}\n"


SIMPLE = """\
stages:
  first:
    cmd: cat in.txt > mid.txt
    deps: [in.txt]
    outs: [mid.txt]
  second:
    cmd: tr a-z A-Z < mid.txt > out.txt
    deps: [mid.txt]
    params: [train.rate]
    outs: [out.txt]
"""

WRITTEN = {
    "a chain": ({"dvc.yaml": SIMPLE, "in.txt": "hello\n", "params.yaml": "train: {rate: 0.1, other: 1}\n"}, [
        "RUN", "RUN", "sed -i s/0.1/0.2/ params.yaml", "RUN", "sed -i 's/other: 1/other: 2/' params.yaml", "RUN", "echo bye > in.txt", "RUN",
        "echo hello > in.txt", "RUN", "rm out.txt", "RUN", "rm mid.txt out.txt", "RUN", "echo edited > out.txt", "RUN"]),
    "a command of several lines": ({"dvc.yaml": """\
stages:
  lines:
    cmd: |
      mkdir -p a
      cd a
      echo "$(basename "$PWD")" > where.txt
      pwd | xargs basename > a/inner.txt
    outs: [where.txt, a/inner.txt]
    always_changed: true
  list:
    cmd:
    - echo 1 > list.txt
    - echo 2 >> list.txt
    deps: [where.txt]
    outs: [list.txt]
"""}, ["RUN", "RUN"]),
    "folders": ({"dvc.yaml": """\
stages:
  make:
    cmd: rm -rf made && mkdir -p made/sub/deep made/empty && cp in/* made/ && seq 9 > made/sub/nine && printf x > "made/sub/deep/\\u00e9 z" && chmod +x made/sub/nine && ln -s sub/nine made/nine.link
    deps: [in]
    outs: [made]
  read:
    cmd: find -L made/sub -type f | LC_ALL=C sort > listing.txt
    deps: [made/sub]
    outs:
    - listing.txt:
        persist: true
""", "in/a": "1\n", "in/b": "2\n"}, ["RUN", "RUN", "echo 3 > in/c", "RUN", "rm -rf made", "RUN", "rm made/a", "RUN", "echo x > made/sub/nine", "RUN",
                                      "rm -rf made listing.txt", "RUN"]),
    "metrics and plots": ({"dvc.yaml": """\
stages:
  fit:
    cmd: mkdir -p out && echo "{\\"loss\\":" ${rate} "}" > out/metrics.json && printf 'a,b\\n1,2\\n' > out/curve.csv && echo model > out/model && chmod +x out/model
    params: [rate]
    outs: [out/model]
    metrics:
    - out/metrics.json:
        cache: false
    plots:
    - out/curve.csv:
        x: a
""", "params.yaml": "rate: 0.5\n"}, ["RUN", "echo rate: 0.25 > params.yaml", "RUN", "RUN", "rm out/metrics.json", "RUN"]),
    "groups": ({"dvc.yaml": """\
vars: [{names: [x, y]}]
stages:
  each:
    foreach: ${names}
    do:
      cmd: echo ${item} > ${item}.txt
      outs: ["${item}.txt"]
  grid:
    matrix: {n: ["1", "2"], m: [a, b]}
    cmd: cat x.txt y.txt > g-${item.n}-${item.m}
    deps: [x.txt, y.txt]
    outs: ["g-${item.n}-${item.m}"]
"""}, ["RUN", "RUN", "sed -i 's/x, y/x, y, z/' dvc.yaml", "RUN"]),
    "another folder": ({"sub/dvc.yaml": """\
stages:
  fit:
    cmd: cat ../../data.csv > out.csv
    wdir: work
    deps: [../../data.csv]
    params:
    - ../other.toml: [a.b]
    outs: [out.csv]
""", "dvc.yaml": """\
stages:
  last:
    cmd: wc -l < sub/work/out.csv > lines.txt
    deps: [sub/work/out.csv]
    outs: [lines.txt]
""", "sub/work/.keep": "", "sub/other.toml": "[a]\nb = 1\n", "data.csv": "1,2\n3,4\n"}, ["RUN", "echo 5,6 >> data.csv", "RUN", "RUN"]),
    "parameters of all kinds": ({"dvc.yaml": """\
stages:
  all:
    cmd: echo done > done.txt
    params:
    - text
    - list
    - deep
    - deep.float
    - numbers.json:
    - code.py: [A, C.b]
    outs: [done.txt]
""", "params.yaml": "text: 'a b: c'\nlist: [1, two, 3.0, true, null]\ndeep: {float: 1e-5, date: 'x', int: 10}\n", "numbers.json": '{"x": [1, 2.50], "y": {"z": "\\u00e9"}}',
        "code.py": "A = 1\nclass C:\n    b = [1, 'x']\n"}, ["RUN", "RUN", "sed -i 's/A = 1/A = 2/' code.py", "RUN"]),
    "what git ignores": ({"dvc.yaml": """\
stages:
  a:
    cmd: mkdir -p deep/er logs && echo 1 > deep/er/a.bin && echo 2 > kept.txt && echo 3 > logs/x.log && echo 4 > '#odd [name]!.txt'
    outs:
    - deep/er/a.bin
    - kept.txt: {cache: false}
    - logs/x.log
    - '#odd [name]!.txt'
""", ".gitignore": "*.log\n"}, ["RUN", "RUN"]),
    "frozen": ({"dvc.yaml": SIMPLE.replace("  second:\n", "  second:\n    frozen: true\n"), "in.txt": "hello\n", "params.yaml": "train: {rate: 1}\n"},
               ["sed -i s/true/false/ dvc.yaml", "RUN", "sed -i s/false/true/ dvc.yaml", "echo 2 > in.txt", "RUN", "sed -i 's/rate: 1/rate: 2/' params.yaml", "RUN",
                "sed -i s/true/false/ dvc.yaml", "RUN"]),
    "frozen, and made by hand": ({"dvc.yaml": SIMPLE.replace("  first:\n", "  first:\n    frozen: true\n"), "in.txt": "hello\n", "mid.txt": "by hand\n", "params.yaml": "train: {rate: 1}\n"}, [
        "RUN", "echo 2 > in.txt", "RUN", "sed -i 's/cat in.txt/cat  in.txt/' dvc.yaml", "RUN", "rm mid.txt && echo edited > mid.txt", "RUN",
        "sed -i /frozen/d dvc.yaml", "RUN"]),
    "a cache that was lost": ({"dvc.yaml": SIMPLE.replace("[out.txt]", "[out.txt: {cache: false}, d]").replace("> out.txt", "> out.txt && mkdir -p d/e && seq 3 > d/e/f"), "in.txt": "hello\n",
                               "params.yaml": "train: {rate: 1}\n"}, [
        "RUN", "rm -rf .dvc/cache", "RUN", "rm -rf .dvc/cache mid.txt", "RUN", "find .dvc/cache -type f -delete", "RUN", "rm -r .dvc/cache d && echo 2 > in.txt", "RUN"]),
    "a folder with what others make": ({"dvc.yaml": """\
vars: [models.yaml]
stages:
  fit:
    matrix:
      model: ${models}
      region: [eu, us]
    cmd: echo ${item.model.kind} ${item.model.depth} ${item.region} > models/${key}.txt
    outs: ['models/${key}.txt']
  best:
    cmd: cat models/*.txt > best.txt
    deps: [models]
    outs: [best.txt]
""", "models.yaml": "models:\n- {kind: tree, depth: 3}\n- {kind: linear, depth: 1.0}\n", "models/.keep": ""},
        ["RUN", "RUN", "sed -i 's/depth: 3/depth: 4/' models.yaml", "RUN", "sed -i 's/us./us, cn]/' dvc.yaml", "RUN", "RUN"]),
    "what dvc add tracks": ({"dvc.yaml": """\
stages:
  read:
    cmd: cat raw.txt data/one sub/w.txt frozen.txt uncached.txt > read.txt && ./tool >> read.txt
    deps: [raw.txt, data/one, sub/w.txt, frozen.txt, uncached.txt, tool]
    params:
    - rates/rate.yaml: [rate]
    outs: [read.txt]
  list:
    cmd: find kind -type f | LC_ALL=C sort > list.txt
    deps: [kind, read.txt]
    outs: [list.txt]
""",
        "raw.txt": "a\n", "raw.txt.dvc": "# mine\nouts:\n- md5: 60b725f10c9c85c70d97880dfe8191b3\n  size: 2\n  hash: md5\n  path: raw.txt # here\n",
        "data/one": "1\n", "data/sub/two": "2\n", "data.dvc": tracked("data", "54b54253ad8811d32f23d02f8db37553.dir", 4, "  nfiles: 2\n"),
        "sub/w.txt": "one\n", "w.dvc": "wdir: sub\n" + tracked("w.txt", "5bbf5a52328e7439ae6e719dfe712200", 4),
        "kind": "k\n", "kind.dvc": tracked("kind", md5("k\n"), 2) + "  desc: 'what: it is'\n  meta:\n    a:\n    - 1\n",
        "frozen.txt": "f\n", "frozen.txt.dvc": "frozen: true\n" + tracked("frozen.txt", md5("f\n"), 2),
        "uncached.txt": "u\n", "uncached.txt.dvc": tracked("uncached.txt", md5("u\n"), 2, "  cache: false\n"),
        "rates/rate.yaml": "rate: 1\n", "rates/rate.yaml.dvc": tracked("rate.yaml", md5("rate: 1\n"), 8),
        "tool": "#!/bin/sh\n", "tool.dvc": tracked("tool", md5("#!/bin/sh\n"), 10)}, [
        "chmod +x tool", "RUN", "RUN", "echo b > raw.txt", "RUN", "echo 3 > data/three && rm data/sub/two", "RUN", "rm kind && mkdir kind && echo x > kind/x", "RUN",
        "echo g > frozen.txt && echo v > uncached.txt && echo w > sub/w.txt", "RUN", "printf '#!/bin/sh\\n:\\n' > tool", "RUN", "echo 'rate: 2' > rates/rate.yaml", "RUN",
        "rm -r kind && echo k > kind && echo a > raw.txt", "RUN", "echo 4 > data/four", "RUN"]),
    "large and equal files": ({"dvc.yaml": """\
stages:
  large:
    cmd: seq 200000 > l1 && cp l1 l2 && mkdir -p d && cp l1 d/l3 && printf '' > d/none
    outs: [l1, l2, d]
"""}, ["RUN", "rm l1", "RUN", "rm -rf l1 l2 d", "RUN"]),
}


def generated(seed):
    """Stages that read some of what is there and make files or folders."""
    draw = random.Random(seed)
    names = [f"s{number}" for number in range(draw.randint(2, 7))]
    made, stages, params = ["in0", "in1"], [], {}
    files = {"in0": "0\n", "in1": "1\n"}
    for name in names:
        deps = draw.sample(made, draw.randint(1, min(3, len(made))))
        out = name + draw.choice([".txt", "", "-\u00e4.bin"])
        reads = " ".join(f"$(find {dep} -type f | LC_ALL=C sort)" for dep in deps)
        is_folder = draw.random() < 0.3
        command = f"mkdir -p {out}/x && cat {reads} > {out}/x/1 && echo {name} > {out}/2" if is_folder else f"cat {reads} > {out}"
        lines = [f"  {name}:", f"    cmd: {command} && echo ${{{name}}} > /dev/null", "    deps:", *(f"    - {dep}" for dep in draw.sample(deps, len(deps)))]
        params[name] = draw.choice(["1", "0.5", "text", "true", "[1, 2]"])
        if params[name] == "[1, 2]":
            lines[1] = f"    cmd: {command}"
        lines += ["    params:", f"    - {name}"]
        kind = draw.choice(["outs", "outs", "outs", "metrics", "plots"]) if not is_folder else "outs"
        flags = draw.choice(["", "", ":\n        cache: false", ":\n        persist: true"]) if kind == "outs" else ""
        lines += [f"    {kind}:", f"    - {out}{flags}"]
        if draw.random() < 0.2:
            lines.append(f"    desc: the stage {name}")
        stages.append(lines)
        made.append(out)
    draw.shuffle(stages)
    files["dvc.yaml"] = "stages:\n" + "\n".join(line for lines in stages for line in lines) + "\n"
    files["params.yaml"] = "".join(f"{name}: {value}\n" for name, value in params.items())
    steps = ["RUN"]
    for _ in range(draw.randint(3, 6)):
        steps.append(draw.choice([
            f"echo {draw.randint(0, 3)} > in{draw.randint(0, 1)}",
            f"sed -i 's/^\\({draw.choice(names)}\\): .*/\\1: {draw.randint(1, 3)}/' params.yaml",
            f"rm -rf {draw.choice(made[2:])}", "true"]))
        steps.append("RUN")
    return files, steps


def projects(count=25):
    yield from WRITTEN.items()
    for seed in range(count):
        yield f"generated {seed}", generated(seed)

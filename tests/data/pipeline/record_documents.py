# SPDX-License-Identifier: Apache-2.0
"""Records in documents.json what DVC 3.67.1 makes of the projects in documents/. Run with a Python that has it: pip install dvc==3.67.1.

A project is one text: `=== path` starts a file. Before them, `# file: path` names another document than dvc.yaml, and `# differs: why`
with `# ours: refused|broken|accepted` says where mlo deliberately answers otherwise. The answer of a case is `refused` (DVC's text: the
document as a whole cannot be read), or `stages` (each resolved, or with `error`) and `top` (or `top_error`).
"""

import os
import subprocess
import tempfile
from pathlib import Path

from dvc.dependency import ParamsDependency
from dvc.dvcfile import load_file
from dvc.repo import Repo

from oracle import plain, save

HERE = Path(__file__).parent


def project(text):
    head, files, current = {}, {}, None
    for line in text.splitlines(keepends=True):
        if line.startswith("=== "):
            current = line[4:].strip()
            files[current] = ""
        elif current is None:
            key, _, value = line.lstrip("# ").partition(":")
            head[key.strip()] = value.strip()
        else:
            files[current] += line
    return head, files


def place(item, root):
    if item.protocol != "local" or item.def_path.startswith("ds://"):
        return item.def_path
    inside = os.path.relpath(item.fs_path, root)
    return item.fs_path if inside.startswith("..") else inside


def output(out, root):
    flags = {k: v for k, v in (("desc", out.annot.desc), ("type", out.annot.type), ("labels", out.annot.labels), ("meta", out.annot.meta)) if v}
    if isinstance(out.plot, dict):
        flags |= out.plot
    return {"path": out.def_path, "at": place(out, root), "cache": out.use_cache, "persist": out.persist, "push": out.can_push,
            "remote": out.remote or "", "role": "metric" if out.metric else "plot" if out.plot else "data", "properties": plain(flags)}


def resolved(stage, root):
    params = [dep for dep in stage.deps if isinstance(dep, ParamsDependency)]
    deps = [dep for dep in stage.deps if not isinstance(dep, ParamsDependency)]
    return {"name": stage.name, "cmd": stage.cmd, "wdir": os.path.relpath(stage.wdir, root),
            "deps": [{"path": dep.def_path, "at": "" if dep.def_path.startswith("ds://") else place(dep, root)} for dep in deps],
            "params": [{"file": dep.def_path, "keys": sorted(set(dep.params))} for dep in params],
            "outs": [output(out, root) for out in stage.outs], "frozen": stage.frozen, "always_changed": stage.always_changed,
            "desc": stage.desc or "", "meta": plain(stage.meta)}


def told(error, root):
    lines = str(error).replace(str(root), "ROOT").splitlines()
    return lines[0] if lines else type(error).__name__


def names(definition, name):
    return definition.get_generated_names() if hasattr(definition, "get_generated_names") else [name]


def answer(repo, path, root):
    try:
        document = load_file(repo, path)
        definitions = document.resolver.definitions
    except Exception as error:
        return {"refused": told(error, root)}
    stages = []
    for name, definition in definitions.items():
        try:
            members = names(definition, name)
        except Exception as error:
            stages.append({"name": name, "error": told(error, root)})
            continue
        for member in members:
            try:
                stages.append(resolved(document.stages[member], root))
            except Exception as error:
                stages.append({"name": member, "error": told(error, root)})
    made = {"stages": stages}
    try:
        made["top"] = plain({"params": document.params, "metrics": document.metrics, "plots": document.plots, "artifacts": document.artifacts})
    except Exception as error:
        made["top_error"] = told(error, root)
    return made


def main():
    cases = []
    for file in sorted(HERE.glob("documents/*.txt")):
        head, files = project(file.read_text())
        with tempfile.TemporaryDirectory() as folder:
            root = os.path.realpath(folder)
            os.chdir(root)
            subprocess.run(["git", "init", "-q", root], check=True)
            Repo.init(root).close()
            for path, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                Path(root, path).write_text(text)
            document = head.get("file", "dvc.yaml")
            with Repo(root) as repo:
                case = {"name": file.stem, "document": document, "files": files, "answer": answer(repo, os.path.join(root, document), root)}
            case |= {key: head[key] for key in ("differs", "ours") if key in head}
            cases.append(case)
    save(__file__, "documents.json", cases)


main()

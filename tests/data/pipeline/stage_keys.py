#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keys of stage records as lib/pipeline/README.md states them, written apart from the C++ code: makes stage-keys.json beside it.

Usage: stage_keys.py
Values of parameters say their type, as in ../json/canonical.py; other texts are {"text": "..."} or {"bytes": "<base64>"}.
"""

import base64
import hashlib
import json
import pathlib
import struct
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "json"))
sys.dont_write_bytecode = True

import canonical  # noqa: E402


def text(value):
    return {"text": value}


def real(value):
    return {"real": struct.pack(">d", value).hex()}


def raw(typed):
    ((kind, content),) = typed.items()
    return content.encode() if kind == "text" else base64.b64decode(content)


def jobject(members):
    return {"object": [[key, value] for key, value in members]}


def record(**members):
    base = {"form": "text", "commands": [], "wdir": text(""), "deps": [], "environment": [], "outs": [], "params": []}
    return base | members


def dep(path, content, **more):
    return {"path": text(path), "id": "sha256:" + hashlib.sha256(content).hexdigest(), "kind": "file", "executable": False} | more


RECORDS = {
    "nothing": record(),
    "a command and a parameter": record(
        commands=[text("python fit.py")], params=[{"file": text("params.yaml"), "key": text("lr"), "value": real(0.1)}]),
    "a list of commands": record(form="list", commands=[text("echo a\necho b"), text('echo "c" \\'), text("")], wdir=text("sub/dir")),
    "dependencies in any order": record(
        commands=[text("x")],
        deps=[dep("b.csv", b"b"), dep("a/é.csv", b"a"), dep("run.sh", b"r", executable=True),
              dep("folder", b"f", kind="folder", executable=True), dep("a.csv", b"a"), dep("A", b"A"), dep("😀", b"1"), dep("ﬀ", b"2")]),
    "dependencies of a dvc.lock": record(
        commands=[text("x")],
        deps=[{"path": text("d"), "id": None, "kind": "folder", "md5": "d41d8cd98f00b204e9800998ecf8427e.dir", "executable": False},
              {"path": text("c"), "id": None, "kind": "file", "md5": "d41d8cd98f00b204e9800998ecf8427e", "executable": True}]),
    "a dependency that is named twice": record(deps=[dep("a", b"2"), dep("a", b"1"), dep("a", b"2")]),
    "environment": record(
        environment=[{"name": text("variable LANG"), "value": None}, {"name": text("set OMP_NUM_THREADS"), "value": text("2")},
                     {"name": text("file uv.lock"), "value": text(hashlib.sha256(b"lock").hexdigest())},
                     {"name": text("variable ODD"), "value": {"bytes": base64.b64encode(b"\xff\x00").decode()}},
                     {"name": text("variable EMPTY"), "value": text("")}]),
    "outputs": record(
        outs=[{"path": text("model.bin"), "role": "data", "cached": True, "persistent": False},
              {"path": text("eval.json"), "role": "metric", "cached": False, "persistent": False},
              {"path": text("curve.csv"), "role": "plot", "cached": True, "persistent": True}]),
    "parameters of every kind": record(
        params=[{"file": text("params.yaml"), "key": text("z"), "value": {"null": None}},
                {"file": text("params.yaml"), "key": text("a.b"), "value": {"int": "-3"}},
                {"file": text("params.yaml"), "key": text("a.c"), "value": {"int": "18446744073709551615"}},
                {"file": text("params.yaml"), "key": text("f"), "value": real(1.0)},
                {"file": text("params.yaml"), "key": text("nan"), "value": real(float("nan"))},
                {"file": text("params.yaml"), "key": text("inf"), "value": real(float("-inf"))},
                {"file": text("params.yaml"), "key": text("zero"), "value": real(-0.0)},
                {"file": text("params.yaml"), "key": text("t"), "value": {"bool": True}},
                {"file": text("params.yaml"), "key": text("$d"), "value": {"text": "a\u2028\x7f\x01\"\n"}},
                {"file": text("conf/a.toml"), "key": text(""),
                 "value": jobject([("z", {"list": [{"int": "1"}, real(2.5), {"text": "x"}]}), ("$a", jobject([])), ("😀", {"list": []}),
                                   ("ﬀ", {"bool": False})])}]),
    "the same name in two files": record(
        params=[{"file": text("a"), "key": text("b:c"), "value": {"int": "1"}}, {"file": text("a:b"), "key": text("c"), "value": {"int": "2"}}]),
    "bytes that are not UTF-8": record(
        commands=[{"bytes": base64.b64encode(b"cat \xe9").decode()}], wdir={"bytes": base64.b64encode(b"d\xe9").decode()},
        deps=[{"path": {"bytes": base64.b64encode(b"\xe9.csv").decode()}, "id": "sha256:" + 64 * "0", "kind": "file", "executable": False}]),
}


def value_of(typed):
    """A text in canonical JSON."""
    return canonical.canonical(typed)


def boolean(value):
    return "true" if value else "false"


def key_text(stage):
    deps = []
    for d in stage["deps"]:
        path = f'"path":{value_of(d["path"])}'
        if d["id"] is None:
            element = f'{{"id":null,"kind":"{d["kind"]}","md5":"{d["md5"]}",{path}}}'
        elif d["kind"] == "folder":
            element = f'{{"id":"{d["id"]}","kind":"folder",{path}}}'
        else:
            element = f'{{"executable":{boolean(d["executable"])},"id":"{d["id"]}","kind":"file",{path}}}'
        deps.append((raw(d["path"]), element))
    environment = [(raw(e["name"]), f'{{"name":{value_of(e["name"])},"value":{value_of(e["value"]) if e["value"] else "null"}}}')
                   for e in stage["environment"]]
    outs = [(raw(o["path"]), f'{{"cached":{boolean(o["cached"])},"path":{value_of(o["path"])},'
                             f'"persistent":{boolean(o["persistent"])},"role":"{o["role"]}"}}') for o in stage["outs"]]
    params = [((raw(p["file"]), raw(p["key"])),
               f'{{"file":{value_of(p["file"])},"key":{value_of(p["key"])},"value":{value_of(p["value"])}}}') for p in stage["params"]]

    def listed(elements):
        return "[" + ",".join(element for _, element in sorted(set(elements))) + "]"

    commands = "[" + ",".join(value_of(c) for c in stage["commands"]) + "]"
    return (f'{{"command_form":"{stage["form"]}","commands":{commands},"deps":{listed(deps)},"environment":{listed(environment)},'
            f'"outs":{listed(outs)},"params":{listed(params)},"schema":"mlo/stage-key-v1","wdir":{value_of(stage["wdir"])}}}')


rows = []
for name, stage in RECORDS.items():
    key = key_text(stage)
    rows.append({"name": name, "record": stage, "text": key, "key": "sha256:" + hashlib.sha256(key.encode()).hexdigest()})
    print(rows[-1]["key"], name)
body = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
(here / "stage-keys.json").write_text(f"[\n{body}\n]\n")

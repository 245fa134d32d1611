#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What DVC writes into dvc.lock: makes dvc-locks.json beside it. Needs dvc==3.67.1 (ruamel.yaml 0.19.1); the suite reads its answers only.

Usage: record_locks.py
Each case is a list of stages that DVC wrote one after the other into one lock, and the text that was there at last.
Values: {"$f": "nan"} is a number that JSON lacks; keys of mappings are texts, as mlo reads them.
"""

import datetime
import json
import math
import os
import pathlib
import random
import re
import tempfile

import dvc
from dvc.dvcfile import Lockfile
from dvc.repo import Repo
from dvc.stage import PipelineStage
from dvc.stage.serialize import to_lockfile
from dvc_data.hashfile.hash_info import HashInfo
from dvc_data.hashfile.meta import Meta
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver

assert dvc.__version__ == "3.67.1", dvc.__version__
HERE = pathlib.Path(__file__).resolve().parent
RANDOM = random.Random(20261122)

WORDS = """python train.py --lr 0.001 --epochs=10 -m src.fit echo "done" 'it''s' && || > out.txt | tee log $HOME ${X} `date` data/raw.csv a:b a: b #c
# -x : ? - [1,2] {a: 1} é ü 日本語 😀 \\ \\n %d @x !tag &a *a <<EOF ~ null true 1 1.5 0x10""".split()
LINES = ["if [ -f x ]; then", "  echo yes", "fi", "", "# comment", "python a.py \\", "    --flag value", "\ttab", "end ", " x"]
SCALARS = ["", " ", "a", "a ", " a", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "yes", "no", "on", "Off", "y", "n", "1", "-1", "+1",
           "0", "00", "007", "0o17", "0o8", "0x1F", "0xg", "0b101", "0b2", "1_000", "_1", "-_", "1.", ".5", "-.5", "1.5", "1e3", "1e+3", "1.e3",
           ".5e+3", "1e", "e1", ".", "..", "...", "....", "--", "---", "--- a", "----", "-", "- a", "-a", "?", "? a", "?a", ":", ": a", ":a", "a:", "a: b",
           "a:b", "a :b", "#", "# a", "#a", "a#", "a #b", "a# b", ".inf", "-.inf", "+.inf", ".Inf", ".nan", ".NaN", "-.nan", "<<", "<", "=", "==", "!", "!a", "&",
           "&a", "*", "*a", "|", "|a", ">", ">a", "%", "%a", "@", "@a", "`", "`a`", "'", "'a'", "it's", '"', '"a"', 'say "hi"', "a'b\"c", ",", ",a", "a,b",
           "[", "[]", "[a]", "]", "{", "{}", "{a}", "}", "a[0]", "a{b}", "2026-11-22", "2026-1-2", "2026-11-22T10:00:00", "2026-11-22 10:00:00",
           "2026-11-22T10:00:00Z", "2026-11-22 10:00:00.5 +01:00", "12:30", "1:2:3", "1.2.3", "v1", "a\tb", "\ta", "a\t", "a\nb", "\n", "a\n", "\na", "a\n\nb",
           "a \nb", "a\n b", "a\r\nb", "\r", "\x00", "\x07", "\x1b[0m", "\x7f", "\x85", "a\x85b", "\xa0", "a\xa0b", "\u2028", "a\u2029b", "\ufeff", "a\ufeffb",
           "\ufffd", "\ufffe", "é", "日本", "😀", "a😀b", "\\", "\\n", "a\\b", "C:\\x", "x" * 79, "x" * 80, "x" * 81, "x" * 200, "it's " * 30, "é" * 100,
           ("word " * 40).strip(), "word  " * 30, " " * 100, "a" + " " * 100 + "b", "x" * 70 + " " + "y" * 70, "- " * 60, "\n".join(["line " * 5] * 5),
           "😀 " * 60, "\t" * 90, "\x01 " * 50, "a\n" * 60, "it's\n" * 30, '"q" ' * 30]


def command():
    kind = RANDOM.random()
    if kind < 0.2:
        return RANDOM.choice([s for s in SCALARS if s])
    if kind < 0.7:
        return " ".join(RANDOM.choice(WORDS) for _ in range(RANDOM.randint(1, 40)))
    if kind < 0.85:
        return "\n".join(RANDOM.choice(LINES) for _ in range(RANDOM.randint(1, 8))) + RANDOM.choice(["", "\n"]) or "x"
    return "  ".join(RANDOM.choice(WORDS + SCALARS) for _ in range(RANDOM.randint(1, 30))) or "x"


def name():
    kind = RANDOM.random()
    if kind < 0.5:
        return RANDOM.choice(["fit", "prepare", "train", "eval", "a-b", "x_y"]) + str(RANDOM.randint(0, 99))
    if kind < 0.7:
        return f"train@{RANDOM.choice(['small', 'lr-0.1', '1', 'a-' * 40, 'True', 'é', 'x' * 110, 'x' * 117, 'w ' * 70])}"
    return RANDOM.choice([s for s in SCALARS if s and "\n" not in s and "\x00" not in s])


def path():
    kind = RANDOM.random()
    if kind < 0.6:
        return "/".join(RANDOM.choice(["data", "src", "a.csv", "model.pkl", "b", "Z", "ä"]) for _ in range(RANDOM.randint(1, 4)))
    if kind < 0.8:
        return RANDOM.choice([s for s in SCALARS if s.strip(". ") and not set("\n\0/\r") & set(s) and "://" not in s])
    return RANDOM.choice(["../up.csv", "/abs/path", "with space/x", "x" * 90, "long name " * 12 + "x", "a: b", "1", "no", "c'd"])


RESOLVER = VersionedResolver(version=(1, 2))
# Nobody writes keys and texts that look like numbers or dates in quotes: mlo takes what it finds in YAML for what DVC makes of it.
TEXT_KEYS = [s for s in SCALARS if str(RESOLVER.resolve(ScalarNode, s, (True, False))) == "tag:yaml.org,2002:str"]
NO_DATES = [s for s in SCALARS if not re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", s)]


def value(depth=0, is_yaml=False):
    kind = RANDOM.random()
    if kind < 0.25:
        return RANDOM.choice(NO_DATES if is_yaml else SCALARS)
    if kind < 0.4:
        return RANDOM.choice([0, 1, -1, 7, 10**15, 2**63 - 1, -(2**63), 2**64 - 1, RANDOM.randint(-1000, 1000)])
    if kind < 0.65:
        return RANDOM.choice([0.0, -0.0, 1.0, -1.5, 0.1, 1e-5, 1e-4, 1.5e-7, 1e16, 1e15, 123456789012345680.0, 1e22, 1e100, 1.7976931348623157e308,
                              math.inf, -math.inf, math.nan, 0.333333333333,
                              float(f"{RANDOM.uniform(-10, 10):.12g}"), float(f"{RANDOM.uniform(0, 1) * 10 ** RANDOM.randint(-20, 20):.12g}")])
    if kind < 0.75:
        return RANDOM.choice([True, False, None])
    if depth > 3:
        return "deep"
    if kind < 0.88:
        return [value(depth + 1, is_yaml) for _ in range(RANDOM.choice([0, 1, 2, 3, 6]))]
    keys = TEXT_KEYS if is_yaml else SCALARS
    return {key: value(depth + 1, is_yaml) for key in {RANDOM.choice(keys + ["lr", "b", "layer one", "k" * 122, "k" * 123, "k" * 130]) for _ in range(RANDOM.randint(0, 4))}}


def yaml_value():
    """What only YAML has: keys that are numbers, dates."""
    return RANDOM.choice([{0: 1.0, 1: "x"}, {1.5: [datetime.date(2026, 11, 22)]}, datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 1, 2, 3), {True: 1, "a": {-3: None}}, {10: {}, 2: []}])


def digest():
    return "%032x" % RANDOM.getrandbits(128)


def entry(given):
    kind = RANDOM.random()
    result = {"path": given, "size": RANDOM.choice([0, 1, 1234, 10**12])}
    if kind < 0.3:
        return result | {"md5": digest() + ".dir", "nfiles": RANDOM.randint(0, 9)}
    if kind < 0.4:
        return result | {"md5": digest(), "isexec": True}
    return result | {"md5": digest()} | ({"dos2unix": True} if kind < 0.45 else {})


def distinct(make, count):
    return sorted({make() for _ in range(count)})


def stage(given, params=None):
    files = distinct(lambda: RANDOM.choice(["params.yaml", "a.yaml", "z/params.yaml", "conf.json", "conf.toml", "é.yaml", "p.py"]), RANDOM.choice([0, 0, 1, 2, 4]))
    text_only = (".json", ".toml", ".py")
    if params is None:
        params = {file: {RANDOM.choice(["lr", "train.lr", "a", "b.c.d", "1", "null", "layers[0]", "k" * 125, "x y", "it's"]):
                         value() if file.endswith(text_only) else value(0, True) if RANDOM.random() < 0.7 else yaml_value()
                         for _ in range(RANDOM.randint(1, 5))} for file in files}
    return {"stage": given, "cmd": [command() for _ in range(RANDOM.randint(1, 4))] if RANDOM.random() < 0.15 else command(),
            "deps": [entry(p) for p in distinct(path, RANDOM.choice([0, 1, 2, 5]))],
            "params": params,
            "outs": [entry(p) for p in distinct(path, RANDOM.choice([0, 1, 2, 5]))]}


def cases():
    yield [stage(s) for s in ("b", "a", "c", "a")]
    for scalar in SCALARS:
        # As a command, in a list, as a value, in lists and mappings within each other, as a key.
        params = {"conf.json": {"k": [scalar, [scalar, {scalar or "e": scalar}]], scalar: scalar}}
        cmd = {"cmd": scalar} if scalar else {}
        yield [stage("s", params) | cmd, stage("t", {}) | {"cmd": [scalar, scalar]}]
    for _ in range(110):
        yield [stage(n) for n in (name() for _ in range(RANDOM.randint(1, 4)))]


def dump(repo, record):
    made = PipelineStage(repo, "dvc.yaml", cmd=record["cmd"], name=record["stage"])
    from dvc.dependency import ParamsDependency
    from dvc.dependency.base import Dependency
    from dvc.output import Output

    def item(kind, fields):
        out = kind(made, "placeholder")
        out.def_path = fields["path"]
        out.hash_name = "md5-dos2unix" if fields.get("dos2unix") else "md5"
        out.hash_info = HashInfo(out.hash_name, fields["md5"])
        out.meta = Meta(isdir="nfiles" in fields, size=fields["size"], nfiles=fields.get("nfiles"), isexec=fields.get("isexec", False))
        return out

    made.deps = [item(Dependency, f) for f in record["deps"]]
    made.outs = [item(Output, f) for f in record["outs"]]
    for file, values in record["params"].items():
        dep = ParamsDependency(made, file, list(values))
        dep.hash_info = HashInfo("params", values)
        made.deps.append(dep)
    lock = Lockfile(repo, os.path.join(repo.root_dir, "dvc.lock"))
    lock.dump_stages([made])
    return lock, to_lockfile(made)


def key_text(key):
    return key if isinstance(key, str) else {True: "true", False: "false"}[key] if isinstance(key, bool) else repr(key)


def plain_dicts(data):
    if isinstance(data, dict):
        return {key: plain_dicts(item) for key, item in data.items()}
    return [plain_dicts(item) for item in data] if isinstance(data, list) else data


def plain(data):
    if isinstance(data, float) and not math.isfinite(data):
        return {"$f": "nan" if math.isnan(data) else "inf" if data > 0 else "-inf"}
    if isinstance(data, datetime.datetime):
        return data.isoformat(" ")
    if isinstance(data, datetime.date):
        return data.isoformat()
    if isinstance(data, dict):
        return {key_text(key): plain(item) for key, item in data.items()}
    return [plain(item) for item in data] if isinstance(data, list) else data


rows, refused = [], 0
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    repo = Repo.init(no_scm=True)
    lock = pathlib.Path("dvc.lock")
    for steps in cases():
        lock.unlink(missing_ok=True)
        try:
            last = {}
            for record in steps:
                written, stages = dump(repo, record)
                last |= stages
                if repr(written.load()["stages"]) != repr(plain_dicts(last)):
                    raise ValueError("DVC reads something else than it was to write")
            text = lock.read_bytes().decode()
        except Exception as error:  # what DVC itself cannot write or read again is no reference
            refused += 1
            print("refused:", type(error).__name__, str(error)[:100].replace("\n", " "))
            continue
        rows.append({"steps": [plain(record) for record in steps], "lock": text})
    os.chdir("/")
print(len(rows), "locks,", refused, "refused")
body = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
(HERE / "dvc-locks.json").write_text(f"[\n{body}\n]\n")

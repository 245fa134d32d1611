#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records in settings.json what DVC 3.67.1 reads in configuration files: run with a Python 3.11 that has it (pip install dvc==3.67.1).

Each case: {"text": ..., "settings": {"section.key": "value" or [values]}}, or "error": true. What lies deeper than a section's keys
is left out, and so are keys before the first section.
"""

import io
import json
import pathlib

from configobj import ConfigObj, ConfigObjError
from dvc.config import _lower_keys

CASES = [
    "", "\n\n# nothing\n", "[core]\n", "[core]\nremote = a\n", "\ufeff[core]\nremote = a\n", "[core]\r\nremote = a\r\n",
    "  [ core ]  # here\n    Remote   =   a b   # there\n", "[core]\nremote=a#b\n", "[core]\nremote = 'a # b'\n", '[core]\nremote = "a, b" # c\n',
    "[core]\nremote =\n", "[core]\nremote = # none\n", "[core]\nremote = ''\n", "[core]\nremote\n", "[core\nremote = a\n", "core]\nremote = a\n",
    "[]\nremote = a\n", "[ ]\nremote = a\n", "[core]]\nremote = a\n", "[[core]]\nremote = a\n", "[core]\n[[deep]]\nremote = a\n[cache]\ndir = x\n",
    "[core]\n[[deep]]\n[[[deeper]]]\nx = 1\n[[again]]\ny = 2\n", "[core]\n[[[deeper]]]\nx = 1\n", "[core]\na = 1\n[core]\nb = 2\n",
    "[core]\na = 1\n[Core]\nb = 2\n", "[core]\na = 1\na = 2\n", "[core]\na = 1\nA = 2\n", "a = 1\n[core]\nb = 2\n",
    "['remote \"my one\"']\nurl = /x\n", '["remote"]\nurl = /x\n', "[core] # c\n[cache]# d\ndir = x\n", "[core] x\na = 1\n",
    "[cache]\ntype = reflink, copy\n", "[cache]\ntype = reflink,copy,\n", "[cache]\ntype = ,\n", "[cache]\ntype = , # c\n", "[cache]\ntype = ,a\n",
    "[cache]\ntype = a,,b\n", "[cache]\ntype = 'a', \"b\" , c # d\n", "[cache]\ntype = 'a' b\n", "[cache]\ntype = 'a\n", "[cache]\ntype = it's\n",
    "[cache]\ntype = a'\n", "[cache]\ntype = 'it's'\n", "[cache]\ntype = a # b, c\n", "[cache]\ntype = a, b # c, d\n", "[cache]\ndir = a=b\n",
    "[cache]\n'dir' = x\n", '[cache]\n"dir"=x\n', '[cache]\n"di=r"=x\n', "[cache]\n= x\n", "[cache]\n'dir = x\n", "[cache]\ndir : x\n", "[cache]\n; dir = x\n",
    '[cache]\ndir = """x"""\n', '[cache]\ndir = """x""" # c\n', '[cache]\ndir = """x\ny"""\n', "[cache]\ndir = '''x\n # y\nz''' # c\nshared = group\n",
    '[cache]\ndir = """x\n', '[cache]\ndir = """x""" y\n', '[cache]\ndir = """x\ny""" z\n', '[cache]\ndir = """"x"""\n', "[cache]\ndir = ''''''\n",
    "[cache]\ndir = \"\"\n", "[cache]\ndir = 'a' # it's\n", "[cache]\ndir = 'a'#b\n", "[cache]\ndir = /mnt/a b/c\n", "[cache]\ndir = \u00e4\n",
    "[cache]\ndir\t=\tx\t\n", "\t[cache]\n\tdir = x\n", "[x = y]\na = 1\n", "[x = y\n", "[cache]\n[x = y\n", "[core]\na = [b]\n", "[a]b]\nc = 1\n", "[a] ]\nc = 1\n", "[ [a] ]\n",
]


def answer(text):
    try:
        parsed = _lower_keys(ConfigObj(io.BytesIO(text.encode())).dict())
    except ConfigObjError:
        return {"error": True}
    found = {}
    for section, values in parsed.items():
        if isinstance(values, dict):
            found.update({f"{section}.{key}": value for key, value in values.items() if not isinstance(value, dict)})
    return {"settings": dict(sorted(found.items()))}


lines = [json.dumps({"text": text, **answer(text)}) for text in CASES]
pathlib.Path(__file__).with_name("settings.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")

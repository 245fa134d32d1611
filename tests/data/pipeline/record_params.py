# SPDX-License-Identifier: Apache-2.0
"""Records in params.json what DVC 3.67.1 reads in files of parameters. Run with a Python 3.11 that has it: pip install dvc==3.67.1.

A case: `file`, whose ending tells the format, and its `text`; the answer: `value`, or `error` with DVC's text. `differs` says why mlo
deliberately answers otherwise, `ours` what: a value, or `error`, the code. For generated Python that DVC cannot read, any answer will do
(`may`). Dates are recorded as Python prints them. In keys.json: what a key leads to.
"""

import datetime
import random
import warnings

import dpath
from dvc.utils.serialize import PARSERS, ParseError

from oracle import plain, save

warnings.simplefilter("ignore")

NOT_TOML, NOT_MAPPING = "MLO-M001", "MLO-P005"

PYTHON = r'''
x = 1
y: int = 2
z: float
a = b = 3
c, d = 4, 5
e = -1; f = +2.5; g = -(3)
h = - 1_000
~x
i = not True
x += 1
big = 9223372036854775807
small = -9223372036854775808
over = 18446744073709551615
hex_ = 0xFF; oct_ = 0o17; bin_ = 0b1_01; hexu = 0x_f; zeros = 00_0
real = 1.; real2 = .5; real3 = 1e5; real4 = 1_0.2_5E-1_0; real5 = 1e400; real6 = -1e-400; real7 = 1E+3; real8 = -0.0
t = True; n = None; ff = False
neg = -True
twice = --1
|
s = 'single'; d = "double"; l = """long
"text" here"""; m = \'\'\'x\'\'\'
r = r'\n\d'; R = R"""a\
b"""; u = u'ü'; b = b'bytes'; B = rB'\x'; 
f = f'no {1}'; F = "a" f"b"
cat = 'a' "b" r'\c' """d"""
mixed = ('a'
  'b'  # comment
  'c')
esc = '\n\t\\\'\"\a\b\f\v\r\0\101\x41\u00e9\U0001F600\d\8'
cont = 'a\
b'
octal = '\777\07\0001'
empty = ''; empty2 = """"""
hash = '# no comment' # comment
quote = "it's"; quote2 = 'say "x"'; q3 = """a""b"""
uni = 'grün ✓'
|
l = [1, 2.5, 'x', [True, None], (), (1,), (1, 2)]
t = 1, 2
t1 = 1,
t2 = (1, 'a',)
t3 = ((1))
e = []
d = {}
dd = {'a': 1, "b": {'c': [1, {'d': 2}]}, 3: 'i', 1.5: 'f', True: 'b', None: 'n',}
dup = {'a': 1, 'b': 2, 'a': 3}
s = {1}
s3 = {'a', 'a'}
es = set()
ess = set([])
star = [*l]
dstar = {**d}
comp = [i for i in l]
dcomp = {k: v for k, v in d.items()}
call = dict(a=1)
name = x
listname = [1, x]
cond = 1 if True else 2
arith = 1 + 2
mult = 'a' * 3
cmp = 1 < 2
sub = [1, 2][0]
attr = 'a'.upper()
lam = lambda: 1
gen = (i for i in l)
sl = 'abc'[0:1]
aw = (w := 5)
nl = [
  1,
  2,  # two

  3
]
bs = 1 + \
  2
bs2 = \
  7
|
class Train:
    """doc"""
    lr = 0.1
    depth: int = 3
    class Opt:
        name = 'adam'
        betas = (0.9, 0.999)
    def __init__(self):
        self.momentum = 0.9
        local = 5
        self.opt.deep = 6
        self.typed: int = 7
        if True:
            self.hidden = 8
        class In:
            z = 1
        def __init__(self):
            self.inner = 4
    def other(self):
        self.no = 9
    async def __init__(self): self.no2 = 1
    if True:
        hid = 1
    lr = 0.2

class Empty: pass
class One: a = 1; b = 2
class Base(Train, metaclass=type, x={1: 2}):
    c = 3
def __init__(self): self.module = 1; notself = 2
self.direct = 5
other.direct = 6
self.a.b = 7
self.arr[0] = 8
(par) = 9
((par2)) = 10
(self.par3) = 11
[lst] = [1]
x[0] = 1
|
if True:
    a = 1
else:
    b = 2
for i in range(3): c = 3
while False: d = 4
try:
    e = 5
except E: f = 6
finally:
    g = 7
with x as y:
    h = 8
def fun(a=1, b={'x': 2}):
    i = 9
@dec(a=1)
class D:
    j = 10
@dec
def deco():
    pass
k = 11
import os
from sys import (
    argv,
    path)
print("x = 1")
assert k == 11, 'm = 1'
global q
return_ = 1
l: "List[int]" = [1]
m: Dict[str, int] = {'a': 1}
o: lambda: 0 = 3
match = 4
case: int = 5
type = 6
p = yield_
del k
pass
r = 1 == 2
s = 1; t = 2;
|
	# tab and blanks

class A:
	x = 1

	# comment
	y = 2
# comment at the left
	z = 3
b = 4
|
class A:
    x = 1
    class A:
        y = 2
A = 5
x = 1
x = {'a': 1}
class B:
    q = 1
class B:
    r = 2
|
a = 1
  # an odd comment
b = 2
def f():
    """
  text at another indent
    """
    return {
  1: 2
    }
c = 3'''.lstrip("\n").replace("\\'\\'\\'", "'''").split("|\n")

BROKEN_PYTHON = ["a = 'x\nb = 1\n", 'a = """x\n', "a = (1\n", "a = [1)\n", "a = 1)\n", "if x:\na = 1\n", "a = 1\n  b = 2\n", "class A:\n    x = 1\n  y = 2\n", "a = 1\0", "a = 1\\ \n"]
LENIENT_PYTHON = [("a = 1 1\nb = 2\n", {"b": 2}), ("a = 01\nb = 2\n", {"b": 2}), ("a = '\\x1'\nb = 2\n", {"b": 2}), ("a = 1__0\nb = 2\n", {"b": 2}), ("x y z\nb = 2\n", {"b": 2}),
                  ("a = 'a' b'b'\nb = 2\n", {"b": 2}), ("\ufeffb = 2\n", {"b": 2}),
                  ("a = {[1]}\nb = 2\n", {"b": 2}), ("a = {[1]: 2}\nb = 2\n", {"b": 2}), ("a = {(1, [2])}\nb = {(2, 1), (1,)}\n", {"b": [[1], [2, 1]]})]
OUT_OF_REACH = [("a = 99999999999999999999\nb = 2\n", "an integer beyond 64 bits has no value here; the rest of the file has"),
                ("a = 1j\nb = 2\n", "DVC reads a complex number, which it can neither write nor put into a text"), ("a = ...\nb = 2\n", "DVC reads an ellipsis, which it can neither write nor put into a text"),
                ("a = 1 + 2j\nb = 2\n", "as other complex numbers"),
                ("a = '\\ud800'\nb = 2\n", "a lone surrogate is no Unicode text"), ("a = '\\N{BULLET}'\nb = 2\n", "names of characters would need a table of them"),
                ("a = {(1, 2): 3}\nb = 2\n", "keys are single values"), ("a = {1: {2: [{(1,): 3}]}}\nb = 2\n", "keys are single values")]

TOML = ["", "a = 1\n", 'a = "x"\n[b]\nc = 1.5\n[b.d]\ne = [1, 2]\n', "a.b.c = 1\na.b.d = 2\n", "[[l]]\nx = 1\n[[l]]\ny = 2\n", "a = {b = 1, c = {d = []}}\n", "a = 0xfF\nb = 1_0\nc = 0o17\nd = 0b1\n",
        "a = 1e5\nb = inf\nc = -inf\nd = nan\ne = -0.0\n", "a = 2020-01-31\n", "a = 10:20:30\n", "a = 10:20:30.5\n", "a = 2020-01-31T10:20:30Z\n", "a = 2020-01-31 10:20:30.123456789+02:00\n",
        "a = 2020-01-31T10:20:30.100-05:30\n", "a = [2020-01-31, 10:20:30]\n", 'a = """\nx\n  y"""\nb = \'\'\'z\\\'\'\'\n', 'a = "\\u00e9\\n"\n', "'a.b' = 1\n\"c d\" = 2\n", "z = 1\na = 2\n[m]\n[b]\n",
        'a = """x\r\ny"""\r\nb = 1\r\n', "a = 1\na = 2\n", "a = \n", "a = yes\n", "[a]\n[a]\n"]
JSON = ["{}", '{"a": {"b": [1, 2.0, "x", null, true]}}', '{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN", "d": {"NaN": -1}, "e": "\\"NaN", "f": -1}', "null", '{"a": 1e5, "b": -0.0, "c": 18446744073709551615}',
        '{"a": 1,}', '{"a": Na}', '{"b": 2, "a": 1}']
YAML = ["", "a: 1\nb: [x, 1.5, null, yes, 'true', true]\n", "a: {b: {c: d}}\n", "a: 1e3\nb: .inf\nc: -.INF\nd: .nan\ne: 0o17\nf: 0x1F\ng: 017\nh: 1:30\ni: 1.\nj: .5\nk: 1e+3\n", "a: &x [1]\nb: *x\n", "a: |\n  text\n  more\nb: >\n  folded\n  line\n",
        "1: a\ntrue: b\nnull: c\n1.5: d\n", "# nothing\n", "---\na: 1\n", "a: 1\na: 2\n", "[1", "a: +12\nb: 12e03\nc: 08\nd: ~\ne:\n",
        "a: &a {x: 1, y: 2}\nb: {<<: *a}\n"]
MERGED = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  x: 5\n  <<: [*a, *b]\nd:\n  <<: *b\n  y: 6\n"
# Each is one value; what YAML 1.2 and Python's reader (ruamel.yaml) see in it is not the same.
YAML_SCALARS = ("1_000 0b11 0o17 017 1:30 1:30.5 +.inf .Inf -.INF .NaN 1e3 1. .5 0x_1F 0x1f 1_0.5_0 yes on y -0o7 +12 1e+3 12e03 08 -0b1 1.5e3 1.2.3 0. null Null ~ NULL True TRUE "
                "tRue _1 1_ 0x 0o8 .e5 1e 1.e5 -.5 +.5 1__0 .1_0 0.1e-3 .5e3 .5e+3 0b2 1e3.5 -0x1F +0o17 0_0 -1_0 0X1F 0O17 0B1 .inF 1_e5 1e5_ 0b_1 -_1 0_x1 1_.5 +1_0 -0 +0.0 -.5e-3 0o 0b 1_0e+2 "
                "1-2 1+2 1_a . .. - + -. e5 0x1_g 0xe5 0b1e1 192.168.0.1 1,000 00 -017").split()


def printed(value):
    if isinstance(value, dict):
        return {key: printed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printed(item) for item in value]
    return str(value) if isinstance(value, (datetime.date, datetime.time)) else value


def read(file, text):
    try:
        # As opened in text mode, which makes all line breaks plain.
        value = PARSERS[file[file.rindex("."):]](text.replace("\r\n", "\n").replace("\r", "\n"), file)
        return {"value": plain(printed(value))}
    except (ParseError, ValueError, TypeError, RecursionError) as error:
        return {"error": str(error)}


def case(file, text, differs=None, ours=None, may=False):
    made = {"file": file, "text": text}
    answer = read(file, text)
    made["answer"] = answer
    if differs:
        if "error" not in answer:  # it may be what JSON cannot say
            made["answer"] = {"value": "not recorded"}
        made |= {"differs": differs, "ours": ours}
    if may and "error" in answer:
        made["may"] = True
    return made


def generated(count, seed):
    rng = random.Random(seed)
    pieces = ["x", "y", " = ", "=", "1", "-", "2.5", "'a'", '"b"', "r'c'", "f'd'", "[", "]", "(", ")", "{", "}", ",", ":", " ", "\n", "\n    ", "class A:", "def __init__(self):", "self.", "None", "True", ";", "#", "\\", '"""', "'", "e5",
              "if x:", "int", "\n", "\n  ", "{'k': 1}", "x = [1, 2]", "self.z = 3", "class B: w = 4", "set()", "0x1", "_"]
    texts = {"".join(rng.choice(pieces) for _ in range(rng.randint(2, 14))) for _ in range(count)}
    return [case("generated.py", text, may=True) for text in sorted(texts)]


def valid_generated(count, seed):
    """Mostly valid modules: statements of random expressions."""
    rng = random.Random(seed)

    def expression(depth):
        kind = rng.randint(0, 16 if depth < 3 else 9)
        items = [expression(depth + 1) for _ in range(rng.randint(0, 3))] if kind > 9 else []
        if kind < 10:
            return rng.choice(["1", "-2", "+3.5", "'a'", '"b" \'c\'', "None", "True", "x", "1 + 1", "'''l\nm'''", "- (4)", "b'q'", "f'{x}'", "0x_1F", "1_000", "''", "r'\\'", "u'é'", "--1", "(5)", "'a' 'b'", "-1e5", "not 1"])
        if kind < 12:
            return "[" + ", ".join(items) + rng.choice(["", ","] if items else [""]) + "]"
        if kind < 14:
            return "(" + ", ".join(items) + ("," if items else "") + ")"
        return "{" + ", ".join(f"{rng.choice(['1', repr('k'), repr('m'), 'None', '-1', '2.5'])}: {item}" for item in items) + "}"

    def statements(indent, depth):
        lines = []
        for _ in range(rng.randint(1, 4)):
            kind = rng.randint(0, 9)
            pad = " " * indent
            if kind < 5:
                target = rng.choice(["a", "b", "c", "self.d", "e: int", "self.f: str", "other.g", "h[0]", "i, j", "(k)"])
                lines.append(f"{pad}{target} = {expression(0)}{rng.choice(['', '  # comment', '; m = 1', ';', ' # it is'])}")
            elif kind < 8 and depth < 4:
                head = rng.choice(["class A:", "class B(object):", "def __init__(self, x={}):", "def other():", "if x:", "for y in z:", "async def __init__():", "class C: pass\n" + pad + "class D:"])
                lines += [pad + head, *statements(indent + rng.choice([1, 2, 4]), depth + 1)]
            elif kind == 8:
                lines += ["", "# comment", " " * rng.randint(0, 9)]
            else:
                lines.append(f"{pad}n = o = {expression(1)}")
        if not any(line.strip() and not line.strip().startswith("#") for line in lines):
            lines.append(" " * indent + "pass")
        return lines

    return [case("generated.py", "\n".join(statements(0, 0)) + rng.choice(["", "\n"]), may=True) for _ in range(count)]


def keys():
    top = {"a": {"b": [1, 2, {"c": 3, "d.e": 4}], "x": None}, "a.y": 5, "1": 6, "q": {"r.s": {"t": 7}, "r": {"s": {"v": 8}}}, "l": [[1, 2], [3]]}
    why = "the form of templates is understood as well"
    cases = []
    ours = {"a.b[0]": 1, "a.b[2].c": 3, "l[0][1]": 2, "l[1].0": 3, "l[-1][0]": 3, "a[b].0": None, "a.y": 5, "q.r.s.t": 7, "a.b.2.d.e": 4, "a.b.[0]": 1}
    for key in ("a", "a.b", "a.b.0", "a.b.2.c", "a.b.-1.c", "a.b.-3", "a.b.-4", "a.b.3", "a.x", "a.x.y", "a.z", "1", "2", "q.r.s.v", "q.r.s.w", "l.0.1", "l.1.0", "l.2", "a.", "a..b", "a.b.x", "a.b.0.x", *ours):
        try:
            answer = {"value": dpath.get(top, key, separator=".")}
        except (KeyError, ValueError):
            answer = {}
        made = {"key": key, "answer": answer}
        if key in ours and answer.get("value") != ours[key]:
            made |= {"differs": why if "[" in key else "a name with dots is found if nothing else is", "ours": {} if ours[key] is None else {"value": ours[key]}}
        cases.append(made)
    return [{"top": top}, *cases]


if __name__ == "__main__":
    cases = [case("params.py", text) for text in PYTHON]
    cases += [case("params.py", text) for text in BROKEN_PYTHON]
    cases += [case("params.py", text, "a mistake within one statement does not hide the others", {"value": value}) for text, value in LENIENT_PYTHON]
    cases += [case("params.py", text, why, {"value": {"b": 2}}) for text, why in OUT_OF_REACH]
    cases += [case("params.toml", text) for text in TOML] + [case("params.json", text) for text in JSON] + [case("params.yaml", text) for text in YAML]
    cases += [case("params.yaml", f"a: {text}\n") for text in YAML_SCALARS if text != "-"]
    cases += [case("params.toml", "a = 99999999999999999999\n", "integers have 64 bits", {"error": NOT_TOML}), case("params.json", '{"a": 99999999999999999999}', "integers have 64 bits", {"error": "MLO-J002"}),
              case("params.yaml", "a: 99999999999999999999\n", "integers have 64 bits", {"error": "MLO-Y005"}), case("params.json", "", "an empty file has no parameters", {"value": {}}),
              case("params.json", '{"a": 1, "a": 2}', "a key given twice is a mistake in JSON as well", {"error": "MLO-U023"}), case("params.json", "[]", "DVC takes it for an empty mapping", {"error": NOT_MAPPING}), case("params.json", "[1]", "DVC finds no parameter in it later on", {"error": NOT_MAPPING}),
              case("params.yaml", "x\n", "DVC finds no parameter in it later on", {"error": NOT_MAPPING}), case("params.json", '{"a": 1e999}', "a number that is too large is a mistake", {"error": "MLO-J002"}),
              case("params.yaml", "a: 2020-01-31\n", "a date is a text, which reads the same", {"value": {"a": "2020-01-31"}}), case("params.toml", "\ufeffa = 1\n", "a byte order mark does no harm", {"value": {"a": 1}}),
              case("params.toml", "a = 1e999\n", "a number that is too large is a mistake", {"error": NOT_TOML})]
    merged = {"a": {"x": 1, "y": 2}, "b": {"y": 3, "z": 4}, "c": {"x": 5, "y": 2, "z": 4}, "d": {"y": 6, "z": 4}}
    cases.append(case("params.yaml", MERGED, "the same values, but what is merged comes last", {"value": merged}))
    assert read("params.yaml", MERGED)["value"] == merged
    save(__file__, "params.json", cases + generated(500, 11) + valid_generated(250, 12))
    save(__file__, "keys.json", keys())

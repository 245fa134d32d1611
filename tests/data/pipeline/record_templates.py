# SPDX-License-Identifier: Apache-2.0
"""Records in templates.json what DVC 3.67.1 makes of templates. Run with a Python that has it: pip install dvc==3.67.1.

A case: `sources` merged in order, `set` above them, a `template`, `form` (top: as foreach and top-level sections are resolved, stage: as
a key of a stage, command: as `cmd`). The answer: `value`, or `error` (invalid, unknown, composite, conflict) with DVC's own `text`.
`differs` says why mlo deliberately answers otherwise, `ours` what.
"""

import random

from dvc.parsing.context import Context, KeyNotInContext, MergeError, Meta, ReservedKeyError
from dvc.parsing.interpolate import ParseError, check_recursive_parse_errors

from oracle import plain, save

PARAMS = {
    "a": 1, "b": {"c": 2.5, "d": {"e": "deep"}, "f": [1, "two", None, True]}, "l": [10, 20, [30, 31], {"m": "in"}],
    "s": "text", "e": "", "sp": "two words", "q": "it's", "t": True, "n": None, "z": False, "u": "grün ✓", "dot.ted": 5,
    "r": {"one": 1.0, "tiny": 1e-05, "big": 1e16, "huge": 1.5e300, "neg": -0.0, "third": 1 / 3, "edge": 123456789012345680.0,
          "near": 9999999999999998.0, "small": 0.0001, "inf": float("inf"), "ninf": float("-inf"), "nan": float("nan")},
    "i": {"max": 9223372036854775807, "min": -9223372036854775808, "over": 18446744073709551615},
    "esc": "\\${a}", "tpl": "${a}", "back": "x\\", "lines": "one\ntwo", "el": [], "em": {}, "under_score": 1, "da-sh": 2, "sp ace": 3,
    "opts": {"lr": 0.1, "name": "it's here", "verbose": True, "quiet": False, "none": None, "layers": [1, 2, 3], "sub": {"x": 1, "y": {"z": "w"}},
             "mixed": ["a b", True, None, 1.5], "empty": [], "nothing": {}, "plain": "a-b_c@%+=:,./", "blank": ""},
    "bad": {"k": [[1, 2]]}, "badm": {"k": [{"x": 1}]},
}
SOURCES = [{"source": "params.yaml", "values": PARAMS}]

TEXTS = [
    "", "plain", "${a}", "x${a}", "${a}x", "${a}${a}", "${s} and ${b.c}", "${b.d.e}", "${b[d][e]}", "${b[d].e}", "${b.d[e]}", "${l[0]}", "${l.1}",
    "${l[-1]}", "${l[2][0]}", "${l.2.1}", "${l[3].m}", "${l[9]}", "${l[-4]}", "${l[-5]}", "${l[x]}", "${l[+1]}", "${l[ 1 ]}", "${l[1_0]}",
    "${l[0_1]}", "${l[_1]}", "${l[1_]}", "${l[]}", "${l[0}", "${l]0[}", "${l[0]x}", "${l[0] .x}", "${l[2] [0]}", "${l[2]  }", "${ a }", "${a }",
    "${ b . c }", "${ b [ c ] }", "${}", "${ }", "${.}", "${a.}", "${.a}", "${a..b}", "${b..c}", "${a]}", "${[a]}", "${a[[0]]}", "${a", "${a\n}",
    "${a\r}", "$a", "$${a}", "{a}", "${{a}}", "${a}}", "${${a}}", "${l[${a}]}", "$ {a}", "\\${a}", "\\\\${a}", "\\\\\\${a}", "x\\${a}y${a}", "${a}\\${a}",
    "\\${", "\\$ {a}", "${esc}", "x${esc}", "${tpl}", "x${tpl}", "${back}${a", "${back}\\${a}", "${lines}", "x${lines}", "${u}", "ü${u}ü",
    "${dot.ted}", "${dot}", "${missing}", "${b.missing}", "${b.c.d}", "${n.x}", "${s.x}", "${s[0]}", "${n}", "x${n}", "${t}", "x${t}", "${z}", "x${z}",
    "${e}", "x${e}", "${q}", "x${q}", "${b}", "x${b}", "${l}", "x${l}", "${el}", "x${el}", "${em}", "x${em}", "${under_score}", "${da-sh}",
    "${sp ace}", "${a,b}", "${a+1}", "${a:x}", "${\"a\"}", "${b['c']}", "${b[\"c\"]}", "${item}", "${item.x}", "${key}", "${A}", "${a:-1}", "${#a}",
    "for f in *; do echo ${f%.txt}; done", "awk '{print $1}' ${s}", "${a}\n${b.c}\n", "${a\n${b.c}}", "${a}${", "${x y}", "é${é}", "${b.d.e.}",
] + [f"{before}${{r.{name}}}" for name in PARAMS["r"] for before in ("", "x")] + [f"{before}${{i.{name}}}" for name in PARAMS["i"] for before in ("", "x")]

SETS = {"item": {"x": 1, "y": [1, 2], "z": "it"}, "key": "first"}


def context_of(sources):
    context = Context()
    for source in sources:
        context.merge_update(Context(source["values"], meta=Meta(source=source["source"], local=False)))
    return context


def error_of(error):
    if isinstance(error, (MergeError, ReservedKeyError)):
        return "conflict"
    if isinstance(error, KeyNotInContext):
        return "unknown"
    return "composite" if "Cannot interpolate" in str(error) else "invalid"


def answer(sources, template, form, style, put, local):
    try:
        context = context_of(sources)
        with context.set_temporarily(put, reserve=True):
            for source in local:
                context.merge_update(Context(source["values"], meta=Meta(source=source["source"])))
            check_recursive_parse_errors(template)
            key = {"top": None, "stage": "deps", "command": "cmd"}[form]
            return {"value": plain(context.resolve(template, key=key, config=style))}
    except (ParseError, KeyNotInContext, MergeError, ReservedKeyError) as error:
        text = str(error)
        return {"error": error_of(error), "text": "" if "\x1b" in text or "\n" in text else text}


def case(template, form="stage", sources=None, style=None, put=None, local=(), differs=None, ours=None):
    made = {"template": template, "form": form}
    if sources is not None:
        made["sources"] = plain(sources)
    if style:
        made["style"] = style
    if put:
        made["set"] = plain(put)
    if local:
        made["local"] = list(local)
    made["answer"] = answer(sources if sources is not None else SOURCES, template, form, style or {}, put or {}, local)
    if differs:
        made |= {"differs": differs, "ours": ours}
    return made


def hand_written():
    cases = []
    for text in TEXTS:
        cases += [case(text), case(text, put=SETS) if "item" in text or "key" in text else case([text, {"k": text}])]
    for text in ("${l}", "${b}", "${em}", "${el}", "${s}", {"x": "${l}"}, ["${b.d}", "${b.f}"], "${item}", "${key}", "${item.y}"):
        cases.append(case(text, form="top", put=SETS))
    keys = [{"${s}": 1}, {"x${a}y": {"${s}${s}": "${t}"}}, {"${s}": 1, "text": 2}, {"text": 1, "b": 2, "${s}": 3}, {"\\${s}": "\\${s}"}, {"${missing}": 1}]
    cases += [case(template) for template in keys]
    cases.append(case({"${a}": 1, "${t}": 2}, differs="a key is a text: a number is one as it stands in a text", ours={"value": {"1": 1, "true": 2}}))
    return cases


def commands():
    cases = [case(f"run {text} end", form="command") for text in
             ("${opts}", "${b.d}", "${em}", "${opts.sub}", "${bad}", "${badm}", "${opts.layers}", "${s}", "${t}", "${n}", "${q}", "${l}", "\\${opts}")]
    for bools in ("store_true", "boolean_optional"):
        for lists in ("nargs", "append"):
            cases += [case(f"run {text}", form="command", style={"bool": bools, "list": lists}) for text in ("${opts}", "${opts.mixed}", "${opts.sub} ${em}")]
    cases.append(case("${s}", form="command"))
    why = "DVC keeps the mapping (or number) and then fails to run it; a command is a text"
    cases += [case("${opts.sub}", form="command", differs=why, ours={"value": "--x 1 --y.z w"}), case("${a}", form="command", differs=why, ours={"value": "1"}),
              case("${t}", form="command", differs=why, ours={"value": "true"})]
    composite = "DVC prints the list or mapping as Python would into the text; nobody means that"
    cases += [case(text, form="top", differs=composite, ours={"error": "composite"}) for text in ("x${l}", "x${b}", "${em}${el}")]
    return cases


def merging():
    def source(name, **values):
        return {"source": name, "values": values}
    many = [source("params.yaml", a=1, m={"x": 1, "n": {"p": "q"}}), source("dvc.yaml", m={"y": 2, "n": {"r": [1, 2]}}), source("other.json", c={"d": 4})]
    cases = [case("${m}", form="top", sources=many), case("${m.x} ${m.y} ${m.n.p} ${m.n.r[1]} ${c.d} ${a}", sources=many)]
    for first, second in (({"a": 1}, {"a": 1}), ({"a": 1}, {"a": 2}), ({"a": {"b": 1}}, {"a": {"b": 2}}), ({"a": {"b": 1}}, {"a": 2}), ({"a": 2}, {"a": {"b": 1}}),
                          ({"a": [1]}, {"a": [2]}), ({"a": {}}, {"a": {"b": 1}}), ({"a": {"b": {}}}, {"a": {"b": {"c": 1}}}), ({"a": None}, {"a": None}),
                          ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": {}}}}), ({}, {"a": 1})):
        cases.append(case("${a}", form="top", sources=[source("first.yaml", **first), source("second.yaml", **second)]))
    third = [*many, source("third.toml", m={"n": {"p": 0}})]
    cases.append(case("${m}", form="top", sources=third))
    cases += [case("${item} ${v}", put={"item": "one"}, local=[source("s.vars[0]", v="${x}")]),
              case("${item}", put={"item": "one"}, local=[source("s.vars[0]", item=2)]), case("${key}", put={"key": "one"}, local=[source("s.vars[0]", key={})]),
              case("${m.z} ${m.x}", sources=many, local=[source("s.vars[0]", m={"z": 1})]), case("${m.x}", sources=many, local=[source("s.vars[0]", m={"x": 2})]),
              case("${item} ${a}", sources=[source("params.yaml", item=1, a=2)], put={"item": "over"}), case("${item.x}", sources=[source("p", item={"x": 1})], put={"item": 5})]
    wide = {f"k{i}": {"v": i} for i in range(40)}
    return cases + [case("${w.k7.v}-${w.k39.v}", sources=[source("wide.yaml", w=wide)]), case("${w.k40}", sources=[source("wide.yaml", w=wide)]),
                    case("${w.k3.v} ${w.k3.t} ${w.k40}", sources=[source("wide.yaml", w=wide), source("more.yaml", w={"k3": {"t": 1}, "k40": 2})])]


def generated(count, seed):
    rng = random.Random(seed)
    pieces = ["${", "}", "${a}", "${b.c}", "${l[0]}", "${s}", "a", "b", "c", "l", "s", "0", "1", "-1", ".", "[", "]", "\\", "$", "{", " ", "\n", "x", "é", "d.e", "[d]", "${esc}", "${back}"]
    texts = {"".join(rng.choice(pieces) for _ in range(rng.randint(1, 9))) for _ in range(count)}
    expressions = {"${" + "".join(rng.choice(pieces[6:]) for _ in range(rng.randint(1, 6))) + "}" for _ in range(count)}
    return [case(text) for text in sorted(texts | expressions) if "${" in text]


if __name__ == "__main__":
    save(__file__, "templates.json", [{"sources": plain(SOURCES)}, *hand_written(), *commands(), *merging(), *generated(700, 7)])

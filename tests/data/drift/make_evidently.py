#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes evidently.json, what Evidently says of made tables, for tests/unit/drift/evidently_test.cpp; and reference.csv, current.csv with its answer
snapshot.json, for tests/functional/drift_compat.t.

    python3 -m venv VENV && VENV/bin/pip install evidently==0.7.23 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1
    VENV/bin/python tests/data/drift/make_evidently.py

A column is two samples of tests/data/stats/samples.py, of which every `missing`-th value is missing and every `infinite`-th infinite. Integers are
those of samples of whole numbers, texts letters by number.
"""
import json
import pathlib
import sys
import warnings

import evidently
import numpy as np
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent / "stats"))
from samples import sample, spec  # noqa: E402

warnings.simplefilter("ignore")


def side(n, kind, seed, missing=0, infinite=0, **more):
    return {"spec": spec(kind, n, seed, **more), "missing": missing, "infinite": infinite}


def column(name, type, reference, current):
    return {"name": name, "type": type, "reference": reference, "current": current}


def series(type, made):
    values = [None if made["missing"] and i % made["missing"] == 0 else value for i, value in enumerate(sample(**made["spec"]))]
    if type == "text":
        return pd.Series([None if value is None else chr(ord("a") + int(value)) for value in values], dtype=object)
    if type == "integer" and not made["missing"]:
        return pd.Series([int(value) for value in values], dtype="int64")
    values = np.array([np.nan if value is None else value for value in values], dtype=float)
    if made["infinite"]:
        values[1::made["infinite"]] = np.inf
    return pd.Series(values)


def frame(columns, which):
    return pd.DataFrame({each["name"]: series(each["type"], each[which]) for each in columns})


def answer(current, reference, method, threshold, share):
    report = Report([DataDriftPreset(method=method, threshold=threshold, drift_share=share)], include_tests=True)
    return json.loads(report.run(current, reference).json())


cases = []


def case(columns, method=None, threshold=None, share=0.5):
    said = answer(frame(columns, "current"), frame(columns, "reference"), method, threshold, share)
    drifted = {test["metric_config"]["metric_id"]: test["status"] == "FAIL" for test in said["tests"]}
    told = [{"name": metric["config"]["column"], "method": metric["config"]["method"], "threshold": metric["config"]["threshold"],
             "score": None if np.isnan(metric["value"]) else metric["value"], "drifted": drifted[metric["id"]]} for metric in said["metrics"][1:]]
    cases.append({"columns": columns, "method": method, "threshold": threshold, "share": share, "drifted": drifted[said["metrics"][0]["id"]],
                  "count": said["metrics"][0]["value"]["count"], "answer": told})


def numbers(n, m):
    return [
        column("bell", "real", side(n, "bell", 1), side(m, "bell", 2)),
        column("moved", "real", side(n, "bell", 3), side(m, "bell", 4, shift=0.5)),
        column("heavy", "real", side(n, "heavy", 5), side(m, "heavy", 6, shift=1.0)),
        column("holes", "real", side(n, "uniform", 7, missing=7), side(m, "uniform", 8, missing=3, shift=0.125)),
        column("infinite", "real", side(n, "bell", 9, missing=9, infinite=11), side(m, "bell", 10, missing=5, infinite=4)),
        column("rounded", "real", side(n, "ties", 11, levels=60), side(m, "ties", 12, levels=64)),
        column("whole", "integer", side(n, "ties", 13, levels=40), side(m, "ties", 14, levels=44)),
        column("narrow", "integer", side(n, "ties", 15, levels=22), side(m, "ties", 16, levels=23)),
        column("large", "integer", side(n, "ties", 17, levels=9000), side(m, "ties", 18, levels=9000, shift=500.0)),
    ]


def few(n, m):
    return [
        column("grades", "real", side(n, "ties", 21, levels=5), side(m, "ties", 22, levels=5)),
        column("halves", "real", side(n, "ties", 23, levels=2), side(m, "ties", 24, levels=2, missing=4)),
        column("holed", "integer", side(n, "ties", 25, levels=4, missing=6), side(m, "ties", 26, levels=4, missing=5)),
        column("flat", "real", side(n, "constant", 1, shift=2.0), side(m, "constant", 1, shift=2.0)),
        column("changed", "real", side(n, "constant", 1, shift=2.0), side(m, "constant", 1, shift=3.0)),
    ]


def categories(n, m):
    return [
        column("class", "integer", side(n, "ties", 31, levels=8), side(m, "ties", 32, levels=8)),
        column("ten", "integer", side(n, "ties", 33, levels=12), side(m, "ties", 34, levels=10)),
        column("one", "integer", side(n, "constant", 1, shift=1.0), side(m, "constant", 1, shift=1.0)),
        column("town", "text", side(n, "ties", 35, levels=5), side(m, "ties", 36, levels=5, missing=8)),
        column("new", "text", side(n, "ties", 37, levels=3), side(m, "ties", 38, levels=4)),
        column("gone", "text", side(n, "ties", 39, levels=4), side(m, "ties", 40, levels=3)),
        column("sex", "text", side(n, "ties", 41, levels=2), side(m, "ties", 42, levels=2)),
    ]


for n, m in ((300, 120), (1000, 1000), (1200, 300)):
    case(numbers(n, m) + few(n, m) + categories(n, m))
    case(numbers(n, m) + categories(n, m), share=0.25)
for n, m in ((150, 90), (1200, 400)):
    for method in ("ks", "cramer_von_mises", "anderson", "mannw", "t_test", "wasserstein", "ed"):
        case(numbers(n, m), method)
    case(numbers(n, m), "es")
    for method in ("jensenshannon", "kl_div", "psi", "hellinger"):
        case(numbers(n, m) + few(n, m) + categories(n, m), method, threshold=0.2)
    several = [each for each in categories(n, m) if each["name"] != "one"]
    case(several, "chisquare", threshold=0.01)
    case(several, "z")
case([each for each in categories(200, 200) if each["name"] in ("class", "gone", "sex")], "g_test")
case([each for each in categories(200, 200) if each["name"] == "sex"], "fisher_exact")

made_with = {"evidently": evidently.__version__, "pandas": pd.__version__, "numpy": np.__version__}
(here / "evidently.json").write_text(json.dumps({"made_with": made_with, "cases": cases}, separators=(",", ":")) + "\n")


# What the program reads as tables.
def written(n, which, seed):
    columns = [column("age", "integer", side(n, "ties", seed, levels=60), None), column("score", "real", side(n, "bell", seed + 1), None),
               column("level", "integer", side(n, "ties", seed + 2, levels=4), None), column("city's", "text", side(n, "ties", seed + 3, levels=6), None),
               column("holes", "real", side(n, "uniform", seed + 4, missing=5), None)]
    made = frame(columns, "reference").round(4)
    made["member"] = sample("ties", n, seed + 5, levels=2) > 0
    if which == "current":
        made["score"] += 0.5
    made.to_csv(here / f"{which}.csv", index=False)


written(400, "reference", 51)
written(250, "current", 71)
said = answer(pd.read_csv(here / "current.csv"), pd.read_csv(here / "reference.csv"), None, None, 0.5)
(here / "snapshot.json").write_text(json.dumps(said, indent=1) + "\n")

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pages.py MLO [--pictures FOLDER]

The pages that mlo writes, in a real browser, from a file: nothing is complained of (scripts, the policy, the console), nothing is requested but the page,
what is said is drawn, and the tools of the page do what they say. --pictures keeps a picture of each, for people to look at."""

import base64
import hashlib
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import browser

EVIL = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>"
JOB = """
import json, math, os, sys
count, seed = int(sys.argv[1]), int(sys.argv[2])
with open(os.environ["MLO_METRICS"], "a") as file:
    for i in range(count):
        loss = 2 * math.exp(-4 * i / count) + 0.1 * math.sin(i * 1.7 + seed) + seed / 50
        if seed == 2 and i == count // 2: loss = float("nan")
        if seed == 2 and i == count // 3: loss = float("inf")
        if seed == 2 and i == count // 4: loss = float("-inf")
        point = {"loss": loss, "val/accuracy": 1 - abs(loss) / 4 if math.isfinite(loss) else 0, "step": i, "time": 1700000000000 + 1000 * i}
        if seed == 1: point["only one has it"] = -i
        file.write(json.dumps(point) + "\\n")
"""


class Wrong(Exception):
    pass


def expect(found, wanted, what):
    if found != wanted:
        raise Wrong(f"{what}: {found!r}, not {wanted!r}")


class Pages:
    def __init__(self, mlo, seen, folder, pictures):
        self.mlo, self.browser, self.folder, self.pictures = mlo, seen, folder, pictures
        self.work = folder / "work"
        self.work.mkdir()
        (self.work / "job.py").write_text(JOB)
        self.run("git", "init", "-q")
        self.run(mlo, "init", "-q")
        self.number = 0

    def run(self, *command):
        environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
                       "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}
        done = subprocess.run(command, cwd=self.work, env=environment, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise Wrong(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stderr}")
        return done.stdout

    def track(self, name, count, seed, *options):
        self.run(self.mlo, "track", "-q", "--no-diff", "-n", name, *options, "--", sys.executable, "job.py", str(count), str(seed))

    def plot(self, *options):
        self.number += 1
        file = self.folder / f"page {self.number}.html"
        self.run(self.mlo, "plot", "-o", str(file), *options)
        return file

    def show(self, file, **look):
        """Opens it and looks at it: nothing to complain of, nothing requested."""
        self.browser.open(file, **look)
        self.browser.settle()
        self.well(file)
        if self.pictures:
            width, scheme = look.get("width", 1280), look.get("scheme", "light")
            self.browser.screenshot(self.pictures / f"{file.stem} {width} {scheme}.png")

    def well(self, file):
        expect(self.browser.complaints, [], "what the browser complains of")
        expect([url for url in self.browser.requests if url != file.resolve().as_uri()], [], "what is requested")
        expect(self.browser.value("document.documentElement.scrollWidth <= innerWidth"), True, "the page is as wide as the window")

    def value(self, expression):
        return self.browser.value(expression)

    def inked(self, selector):
        """How many of the first canvas's pixels below `selector` were painted."""
        return self.value(f"""(() => {{ const canvas = document.querySelector('{selector} canvas'), {{width, height}} = canvas;
            const bytes = canvas.getContext('2d').getImageData(0, 0, width, height).data; let many = 0;
            for (let i = 3; i < bytes.length; i += 4) many += bytes[i] > 40; return many; }})()""")

    # The tests.

    def the_policy_names_the_scripts_and_nothing_else(self):
        page = self.plot("two").read_text()
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
        parts = dict(each.strip().split(" ", 1) for each in policy.split(";"))
        digest = lambda text: "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        expect(parts["default-src"], "'none'", "default-src")
        expect(parts["script-src"].split(), [digest(text) for text in re.findall(r"<script>(.*?)</script>", page, re.S)], "script-src")
        expect(parts["style-src"].split(), [digest(text) for text in re.findall(r"<style>(.*?)</style>", page, re.S)], "style-src")
        expect("unsafe" in policy or "http" in policy, False, "a hole in the policy")
        # The test can fail: a script that is not named does not run, and is complained of.
        file = self.folder / "changed.html"
        file.write_text(page.replace("</body>", "<script>document.title = 'taken'</script></body>"))
        self.browser.open(file)
        expect(self.value("document.title") != "taken", True, "a foreign script is refused")
        expect(len(self.browser.complaints) > 0, True, "a foreign script is complained of")

    def curves_are_drawn_light_and_dark_narrow_and_wide(self):
        file = self.plot("one", "two", EVIL)
        for width in (1280, 400):
            for scheme in ("light", "dark"):
                self.show(file, width=width, scheme=scheme)
                expect(self.value("document.querySelectorAll('.card h2').length"), 3, "charts")
                expect(self.value("document.querySelector('.plot').dataset.lines"), "3", "lines of the first chart")
                expect(self.inked(".plot") > 3000, True, "pixels are painted")
        expect(self.value("document.title"), "Metrics of 3 runs", "the title")
        expect(self.value("[...document.querySelectorAll('.runs .name')].map((each) => each.textContent)"), ["one", "two", EVIL], "the names of the runs")
        expect(self.value("document.querySelectorAll('img').length"), 0, "elements that a name made")
        self.value("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        expect(self.value("document.querySelectorAll('details table tbody tr').length"), 7, "rows of the tables")
        expect("No numbers: 1 nan, 1 inf, 1 -inf" in self.value("document.body.innerText"), True, "what is no number is counted")
        expect("2 runs have no such metric" in self.value("document.body.innerText"), True, "what is missing is said")

    def a_long_curve_says_how_much_of_it_is_drawn(self):
        file = self.plot("long", "-m", "loss", "--points", "400")
        self.show(file)
        said = self.value("document.querySelector('.card .note').textContent")
        found = re.match(r"([\d,]+) of 30,000 points drawn: of each stretch the first, last, least and greatest", said)
        if not found or not 200 <= int(found[1].replace(",", "")) <= 400:
            raise Wrong(f"the note says {said!r}")
        data = self.value("JSON.parse(document.getElementById('data').textContent).metrics[0].curves[0]")
        expect(len(data["points"]["values"]), int(found[1].replace(",", "")), "points in the page")
        expect(sum(data["means"]["counts"]), 30_000, "points behind the means")

    def the_tools_change_the_charts(self):
        file = self.plot("one", "two", "long", "-m", "loss", "--smooth", "0.9")
        self.show(file)
        lines = "document.querySelector('.plot').dataset.lines"
        expect(self.value(lines), "6", "lines, each with its average")
        set_to = "(() => {{ const tool = document.querySelector('{}'); tool.{} = {}; tool.dispatchEvent(new Event('{}')); }})()"
        self.value(set_to.format(".tools input[type=range]", "value", "0", "input"))
        expect(self.value(lines), "3", "lines without an average")
        for axis in ("time", "relative", "step"):
            self.value(set_to.format(".tools select", "value", f"'{axis}'", "change"))
            self.browser.settle()
            expect(self.inked(".plot") > 2000, True, f"pixels are painted against the {axis}")
        self.value(set_to.format(".tools input[type=checkbox]", "checked", "true", "change"))
        self.value("document.querySelector('.runs input').click()")
        expect(self.value(lines), "2", "lines after one run was switched off")
        self.value("[...document.querySelectorAll('aside button')].find((each) => each.textContent === 'none').click()")
        expect(self.value(lines), "0", "lines after all were switched off")
        self.value("[...document.querySelectorAll('aside button')].find((each) => each.textContent === 'all').click()")
        expect(self.value(lines), "3", "lines after all were switched on")
        self.well(file)

    def dragging_zooms_and_the_pointer_names_a_run(self):
        file = self.plot("one", "two", "-m", "loss")
        self.show(file)
        box = self.value("(() => { const {left, top, width, height} = document.querySelector('.u-over').getBoundingClientRect(); return [left, top, width, height]; })()")
        left, top, width, height = box
        self.browser.drag((left + width * 0.4, top + height / 2), (left + width * 0.6, top + height / 2))
        self.browser.wait_for("document.querySelector('.card .note').textContent.includes('Zoomed')")
        for share in range(1, 20):
            self.browser.mouse("mouseMoved", left + width / 2, top + height * share / 20)
            self.browser.settle()
            if self.value("!document.querySelector('.tip').hidden"):
                break
        expect(self.value("['one', 'two'].includes(document.querySelector('.tip .name').textContent)"), True, "the pointer names a run")
        self.value("[...document.querySelectorAll('.tools button')].find((each) => each.textContent === 'show all').click()")
        self.browser.wait_for("!document.querySelector('.card .note').textContent.includes('Zoomed')")
        self.well(file)

    def a_hundred_runs_are_drawn(self):
        for i in range(97):
            self.track(f"many {i}", 60, i % 9, "-p", f"lr={10 ** -(i % 5 + 1)}", "-p", f"optimizer={'adam' if i % 3 else 'sgd'}", *([] if i % 10 else ["-p", "odd=nan"]))
        file = self.plot("-n", "100", "-m", "loss")
        for scheme in ("light", "dark"):
            self.show(file, scheme=scheme)
        expect(self.value("document.querySelector('.plot').dataset.lines"), "100", "lines")
        expect(self.value("document.querySelectorAll('.runs li').length"), 100, "runs in the list")
        expect(len(set(self.value("[...document.querySelectorAll('.swatch')].map((each) => each.style.background)"))) > 95, True, "colours differ")

    def a_point_for_each_run(self):
        file = self.plot("--scatter", "params.lr,metrics.loss", "--log-x", "-w", "metrics.loss < 100")
        self.show(file)
        drawn = int(self.value("document.querySelector('.plot').dataset.points"))
        expect(drawn > 90, True, "points")
        expect(f"{drawn} of 101 runs drawn" in self.value("document.querySelector('.card .note').textContent"), True, "how many are drawn is said")
        self.show(file, width=400, scheme="dark")

    def a_run_of_a_pipeline_is_one_page_without_scripts(self):
        (self.work / "pipeline.yaml").write_text(json.dumps({"stages": {
            "split": {"cmd": "seq 4 > parts", "outs": ["parts"]},
            "fit": {"cmd": "cp parts model; echo '{\"loss\": 0.5}' > scores.json; echo fitted", "deps": ["parts"], "outs": ["model"],
                    "metrics": [{"scores.json": {"cache": False}}]},
            "report": {"cmd": [f"printf '%s\\n' {shlex.quote(EVIL)}", "exit 4"], "deps": ["model"], "outs": ["report.txt"]}}}))
        file = self.folder / "a run.html"
        self.run("sh", "-c", f"{shlex.quote(str(self.mlo))} run -q --report {shlex.quote(str(file))} 2> said; test $? = 1")
        expect("<script" in file.read_text(), False, "a script")
        for width, scheme in ((1280, "light"), (1280, "dark"), (400, "light")):
            self.show(file, width=width, scheme=scheme)
            expect(self.value("document.querySelectorAll('g.node').length"), 3, "stages in the graph")
            expect(self.value("document.querySelectorAll('path.edge, .edge').length"), 2, "edges")
            expect(self.value("document.querySelectorAll('.bar').length"), 3, "bars of the time line")
        rows = self.value("[...document.querySelectorAll('table:last-of-type tr')].map((each) => each.innerText.split('\\t')[0])")
        expect(rows[-3:], ["report", "split", "fit"], "the failed stage comes first")
        for said in ("scores.json:loss", "exit code 4", EVIL):
            expect(said in self.value("document.body.textContent"), True, f"{said!r} stands there")
        expect(self.value("document.querySelectorAll('img').length"), 0, "elements that an output made")

    def the_columns_of_a_table_and_what_became_of_them(self):
        rows = "".join(f"{i % 40},{EVIL if i % 3 else 'Ulm'}\n" for i in range(400))
        (self.work / "before.csv").write_text("age,city\n" + rows)
        (self.work / "after.csv").write_text("age,city\n" + rows.replace("Ulm", "Hof"))
        file = self.work / "columns.html"
        self.run(self.mlo, "profile", "before.csv", "-q", "--report", str(file))
        self.show(file)
        self.well(file)
        expect(self.value("document.querySelectorAll('.card').length"), 2, "cards")
        expect(self.value("document.querySelectorAll('script, img').length"), 0, "scripts and images")
        expect(self.value("[...document.querySelectorAll('.card h2')].map(e => e.firstChild.textContent.trim()).join()"), "age,city", "names")
        expect(self.value("[...document.querySelectorAll('.s0')].every(e => getComputedStyle(e).fill == 'rgb(59, 125, 216)')"), True, "bars have their colour")
        self.run("sh", "-c", f"{shlex.quote(self.mlo)} drift after.csv --reference before.csv -q --report columns.html > said; test $? = 3")
        self.show(file)
        self.well(file)
        expect(self.value("document.querySelector('h1').textContent"), "drift in 1 of 2 columns, 400 rows against 400", "the verdict")
        expect(self.value("document.querySelectorAll('.key').length"), 2, "two series are named")
        expect(self.value("document.querySelectorAll('.card:first-child .s1').length > 0"), True, "bars of both tables")
        expect(self.value("document.querySelector('.card h2').firstChild.textContent.trim()"), "city", "what drifted is first")

    def a_line_for_each_run_across_axes(self):
        file = self.plot("--parallel", "params.lr,params.optimizer,params.odd,metrics.loss", "-e", "Default")
        for width, scheme in ((1280, "light"), (1280, "dark"), (400, "light")):
            self.show(file, width=width, scheme=scheme)
        self.show(file)
        expect(self.value("document.querySelector('.plot').dataset.lines"), "101", "lines")
        left, top = self.value("(() => { const {left, top} = document.querySelector('.plot canvas').getBoundingClientRect(); return [left, top]; })()")
        self.browser.drag((left + 60, top + 30), (left + 60, top + 150))
        selected = int(self.value("document.querySelector('.plot').dataset.lines"))
        expect(0 < selected < 101, True, f"dragging along an axis selects runs, here {selected}")
        self.well(file)


def main():
    arguments = sys.argv[1:]
    pictures = None
    if "--pictures" in arguments:
        at = arguments.index("--pictures")
        pictures = pathlib.Path(arguments[at + 1])
        pictures.mkdir(parents=True, exist_ok=True)
        del arguments[at:at + 2]
    program = browser.find()
    if not program:
        print("SKIPPED: no browser here: one of " + ", ".join(browser.PROGRAMS) + ", or what MLO_BROWSER names")
        return 80
    failed = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, browser.Browser(program) as seen:
        pages = Pages(str(pathlib.Path(arguments[0]).resolve()), seen, pathlib.Path(folder), pictures)
        pages.track("one", 200, 1)
        pages.track("two", 200, 2)
        pages.track("long", 30_000, 3)
        pages.track(EVIL, 50, 4)
        for test in (pages.the_policy_names_the_scripts_and_nothing_else, pages.curves_are_drawn_light_and_dark_narrow_and_wide,
                     pages.a_long_curve_says_how_much_of_it_is_drawn, pages.the_tools_change_the_charts, pages.dragging_zooms_and_the_pointer_names_a_run,
                     pages.a_hundred_runs_are_drawn, pages.a_point_for_each_run, pages.a_line_for_each_run_across_axes,
                     pages.a_run_of_a_pipeline_is_one_page_without_scripts, pages.the_columns_of_a_table_and_what_became_of_them):
            try:
                test()
                print(f"passed: {test.__name__}")
            except (Wrong, RuntimeError) as error:
                failed += 1
                print(f"FAILED: {test.__name__}: {error}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

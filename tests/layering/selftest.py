#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule is fed a tree that breaks it and must say so; a right tree must pass."""

import pathlib
import subprocess
import tempfile
import unittest

import check
import cpp

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
HEADER = SPDX + "#pragma once\n#include <string>\n\nint one(int x);\n"
ROW = 'MLO_ERROR({}, "{}", {}, "{}", "{}")\n'
CAUSE, CURE = "Something that can be explained.", "Do something else instead."
RIGHT = {
    "README.md": "mlo\n",
    "lib/README.md": "| `store` | bytes |\n",
    "lib/CMakeLists.txt": "# SPDX-License-Identifier: Apache-2.0\nadd_subdirectory(store)\n",
    "lib/store/README.md": "store\n",
    "lib/store/CMakeLists.txt": "# SPDX-License-Identifier: Apache-2.0\nmlo_component(store SOURCES src/store.cpp)\n",
    "lib/store/include/mlo/store/store.hpp": HEADER,
    "lib/store/include/mlo/store/errors.def": SPDX + ROW.format("corrupt", "S001", "corrupt", CAUSE, CURE),
    "lib/store/src/store.cpp": SPDX + '#include <mlo/store/store.hpp>\n#include <zstd.h>\n#include "detail.hpp"\nint one(int x) { throw errors::corrupt; }\n'
                                      'const char* schema = "mlo/status-v1";\n',
    "lib/store/src/detail.hpp": HEADER,
    "tests/unit/store/store_test.cpp": SPDX + "#include <catch2/catch.hpp>\n",
    "tests/functional/status.t": "  $ true\n",
    "cli/commands.def": SPDX + "MLO_COMMAND(status)\nMLO_HIDDEN_COMMAND(dump_cli)\n",
    "cli/commands/status.cpp": SPDX,
    "cli/commands/dump_cli.cpp": SPDX,
    "man/mlo.1.scd": "*mlo-status*(1)\n",
    "man/mlo-status.1.scd": "mlo-status(1)\n",
    "schemas/status-v1.json": "{}\n",
}


class Rules(unittest.TestCase):
    def complaints(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            subprocess.run(["git", "init", "-q", folder], check=True)
            for name, text in {**RIGHT, **changes}.items():
                if text is not None:
                    (root / name).parent.mkdir(parents=True, exist_ok=True)
                    (root / name).write_text(text)
            return check.complaints(root)

    def assert_complains(self, expected, **changes):
        self.assert_changes_complain(expected, changes)

    def assert_changes_complain(self, expected, changes):
        found = self.complaints(changes)
        self.assertTrue(any(expected in complaint for complaint in found), f"'{expected}' is not among {found}")

    def source(self, text, expected, name="lib/store/src/store.cpp"):
        self.assert_changes_complain(expected, {name: RIGHT.get(name, SPDX) + text})

    def test_a_right_tree_passes(self):
        self.assertEqual([], self.complaints({}))

    def test_sizes(self):
        self.source("//\n" * 500, "sizes: lib/store/src/store.cpp: 506 lines, at most 500")
        self.source("//\n" * 200, "205 lines, at most 200", "lib/store/include/mlo/store/store.hpp")
        self.assert_changes_complain("sizes: tests/tool: 501 lines", {"tests/tool": "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n" + "true\n" * 499})

    def test_function_lengths(self):
        self.source("int f() {\n" + "x();\n" * 79 + "}\n", "'f' has 81 lines, at most 80")
        self.assertEqual([], self.complaints({"lib/store/src/store.cpp": RIGHT["lib/store/src/store.cpp"] + "int f() {\n" + "x();\n" * 50 + "}\n"}))
        self.source("int f() {\n" + "x();\n" * 60 + "}\n", "1 of 2 functions have more than 60 lines")

    def test_third_party_headers(self):
        self.source("#include <yaml-cpp/yaml.h>\n", "<yaml-cpp/yaml.h> belongs to lib/yaml/ alone")
        self.source("#include <zstd.h>\n", "<zstd.h> belongs to lib/store/ alone", "cli/commands/status.cpp")
        self.source("#include <zstd.h>\n", "<zstd.h> in a public header", "lib/store/include/mlo/store/store.hpp")
        self.source("#include <lz4.h>\n", "<lz4.h> has no owner")
        self.source('#include "missing.hpp"\n', "<missing.hpp> has no owner")
        self.assert_changes_complain("CLI/ is included by 2 files", {"cli/a.cpp": SPDX + "#include <CLI/CLI.hpp>\n", "cli/b.cpp": SPDX + "#include <CLI/App.hpp>\n"})

    def test_includes_stay_inside(self):
        self.source('#include "../../hash/src/x.hpp"\n', '"../../hash/src/x.hpp" goes upward')
        self.assert_changes_complain("cli/a.hpp: no #pragma once", {"cli/a.hpp": SPDX})

    def test_banned_constructs(self):
        for text, expected in (("#include <regex>\n", "<regex> is not used here"), ("auto v = std::views::all;\n", "std::views is not used"),
                               ("int* p = new int;\n", "raw new"), ("// TO" + "DO later\n", "finish it"), ("void f() { std::cout << 1; }\n", "lib never prints (std::cout)"),
                               ("void f() { printf(\"x\"); }\n", "lib never prints (printf)"), ("void f() { std::exit(1); }\n", "lib never ends the process"),
                               ("auto* h = ::getenv(\"HOME\");\n", "lib reads no environment"), ("auto t = std::chrono::system_clock::now();\n", "lib reads no clock"),
                               ("std::random_device d{};\nauto r = std::mt19937{1};\n", "lib makes no random numbers (mt19937)"),
                               ("void f() { std::this_thread::sleep_for(x); }\n", "lib does not sleep")):
            with self.subTest(text):
                self.source(text, expected)

    def test_banned_words_in_comments_and_literals_are_no_breach(self):
        text = '// getenv, new file, exit(1)\nconst char* s = "printf(new x)";\nauto r = R"(std::cout << \')";\nint n = 1\'000;\n'
        self.assertEqual([], self.complaints({"lib/store/src/store.cpp": RIGHT["lib/store/src/store.cpp"] + text}))

    def test_bool_parameters(self):
        self.source("void copy(int a, bool overwrite);\n", "'copy' has a bool among other parameters", "lib/store/include/mlo/store/store.hpp")
        self.source("void copy(bool overwrite, int a);\n", "'copy' has a bool among other parameters", "lib/store/include/mlo/store/store.hpp")

    def test_components(self):
        for name, expected in (("lib/store/README.md", "lib/store: no README.md"), ("tests/unit/store/store_test.cpp", "lib/store: no tests in tests/unit/store"),
                               ("lib/README.md", "lib/store: no row in lib/README.md"), ("lib/CMakeLists.txt", "lib/store: not in lib/CMakeLists.txt")):
            with self.subTest(name):
                self.assert_changes_complain(expected, {name: None})
        self.source("", "lib/store/src/other.cpp: not in lib/store/CMakeLists.txt", "lib/store/src/other.cpp")

    def test_commands(self):
        for name in ("cli/commands/status.cpp", "man/mlo-status.1.scd", "tests/functional/status.t"):
            with self.subTest(name):
                self.assert_changes_complain(f"'status' has no {name}", {name: None})
        self.assert_changes_complain("'status' has no entry in man/mlo.1.scd", {"man/mlo.1.scd": "*mlo-add*(1)\n"})
        self.assert_changes_complain("'dump_cli' has no cli/commands/dump_cli.cpp", {"cli/commands/dump_cli.cpp": None})
        self.assert_changes_complain("cli/commands/push.cpp: no row", {"cli/commands/push.cpp": SPDX})
        self.assert_changes_complain("man/mlo-push.1.scd: no row", {"man/mlo-push.1.scd": "mlo-push(1)\n"})

    def test_errors(self):
        name = "lib/store/include/mlo/store/errors.def"
        for row, expected in ((ROW.format("x", "S001", "io", CAUSE, CURE), "'S001' is taken by"), (ROW.format("x", "G002", "io", CAUSE, CURE), "is not a number of 'store'"),
                              (ROW.format("x", "S002", "odd", CAUSE, CURE), "unknown kind 'odd'"), (ROW.format("x", "S002", "io", "", CURE), "S002 has no cause"),
                              (ROW.format("x", "S002", "io", CAUSE, "no"), "S002 has no cure"), (ROW.format("x", "S002", "io", CAUSE, CURE), "S002 (x) is thrown nowhere"),
                              ('MLO_ERROR(x, "S002", io)\n', "a row is not MLO_ERROR(")):
            with self.subTest(expected):
                self.source(row, expected, name)

    def test_schemas(self):
        self.assert_changes_complain("'mlo/status-v1' has no schemas/status-v1.json", {"schemas/status-v1.json": None})
        self.assert_changes_complain("nothing writes 'mlo/other-v1'", {"schemas/other-v1.json": "{}"})
        self.assert_changes_complain("schemas/Status.json: not named", {"schemas/Status.json": "{}"})
        self.assert_changes_complain("schemas/status-v1.json: Expecting", {"schemas/status-v1.json": "{"})

    def test_tree_wide_rules(self):
        self.assert_changes_complain("notes: not one of the agreed names", {"notes/x.md": "x"})
        self.assert_changes_complain("cli/x.cpp: no SPDX line", {"cli/x.cpp": "int x;\n"})
        self.assert_changes_complain("man/x.md:2: a path of one machine", {"man/x.md": "x\ncd /" + "work/main\n"})


class Functions(unittest.TestCase):
    def spans(self, text):
        return [(function.name, function.first_line, function.last_line) for function in cpp.functions(text)]

    def test_members_templates_and_operators_are_found(self):
        self.assertEqual([("f", 3, 3), ("operator==", 5, 6), ("g", 9, 11)], self.spans(
            "namespace a::b {\nclass C final : public D<int(int)> {\n    void f() const override {}\n    int x{1};\n    friend bool operator==(const C&,\n"
            "        const C&) { return y({}); }\n};\n}  // namespace a::b\ntemplate <class T, int N = (1 < 2)>\nauto g(T t) -> int {\n}\n"))

    def test_member_initializers_belong_to_the_constructor(self):
        self.assertEqual([("C::C", 1, 4), ("f", 5, 5)], self.spans("C::C(int x) : a_{x},\n    b_{std::move(x)} {\n    if (x) { y(); }\n}\nint f(X x = {}) { return 1; }\n"))

    def test_data_and_declarations_are_no_functions(self):
        self.assertEqual([], self.spans("enum class E { a, b };\nconstexpr std::array x = {1, 2};\nstruct S { int a = f(1); };\nint f(int x = g({1}));\n#define X(a) f() { a }\n"))

    def test_functions_inside_extern_c_are_found(self):
        self.assertEqual([("LLVMFuzzerTestOneInput", 2, 3), ("f", 5, 5)], self.spans(
            'extern "C" {\nint LLVMFuzzerTestOneInput(const char* s) {\n}\n}\nextern "C" int f() {}\n'))

    def test_braces_in_literals_and_comments_do_not_count(self):
        self.assertEqual([("f", 1, 5)], self.spans('void f() {\n  g("}", \'}\'); // }\n  /* } */ h(R"x(}")x");\n  int n = 1\'000;\n}\n'))


if __name__ == "__main__":
    unittest.main()

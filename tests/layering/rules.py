# SPDX-License-Identifier: Apache-2.0
"""The rules of the code base. Each takes a Tree and yields complaints, one line each; none has a list of exceptions."""

import json
import pathlib
import re
import subprocess

import cpp

MAX_SOURCE_LINES = 500
MAX_HEADER_LINES = 200
MAX_FUNCTION_LINES = 80
LONG_FUNCTION_LINES = 60
MAX_LONG_FUNCTION_SHARE = 0.04

TOP_LEVEL = {".ci", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore", "CMakeLists.txt", "LICENSE", "README.md",
             "cli", "examples", "lib", "man", "schemas", "tests"}

# Third-party header -> the one folder that may include it (or, in a tuple, those that may).
OWNERS = [
    (r"fmt/", ""),
    (r"CLI/", "cli/"),
    (r"openssl/", "lib/hash/"),
    (r"xxhash\.h", "lib/hash/"),
    (r"yaml-cpp/", "lib/yaml/"),
    (r"nlohmann/", "lib/json/"),
    (r"toml\+\+/", "lib/toml/"),
    (r"boost/math/", "lib/stats/"),
    (r"curl/", "lib/net/"),
    (r"pugixml\.hpp", "lib/net/"),
    (r"git2(/.*)?\.h", "lib/git/"),
    (r"zstd(_errors)?\.h", "lib/store/"),
    (r"sqlite3\.h", ("lib/db/", "tests/support/")),  # there: a file system for it that fails
    (r"duckdb\.h", "lib/table/"),
    (r"catch2/", "tests/"),
]
# Headers so slow to compile that one file includes them, behind a facade.
EXPENSIVE = (r"CLI/", r"boost/math/", r"nlohmann/")
SYSTEM = re.compile(r"(sys|linux|asm|arpa|net|netinet)/[\w/]+\.h|(dirent|dlfcn|elf|errno|fcntl|fenv|fnmatch|glob|grp|iconv|langinfo|locale|poll|pthread|pty|pwd|sched|signal|"
                    r"spawn|stdio|stdlib|string|termios|time|ucontext|unistd|wchar)\.h")
STANDARD = re.compile(r"[a-z_]+|experimental/\w+")

ERROR_LETTERS = {"util": "U", "json": "J", "yaml": "Y", "db": "D", "net": "N", "config": "C", "ledger": "L", "git": "G", "store": "S", "workspace": "W", "sync": "X", "remote": "R", "track": "T", "pipeline": "P", "toml": "M", "dvc": "V", "table": "B", "stats": "Q", "profile": "F", "drift": "K", "cli": "A"}
ERROR_KINDS = {"usage", "config", "not_found", "conflict", "corrupt", "io", "network", "auth", "locked", "unsupported", "internal"}
ERROR_ROW = re.compile(r'MLO_ERROR\(\s*(\w+)\s*,\s*"([^"]*)"\s*,\s*(\w+)\s*,((?:\s*"(?:[^"\\]|\\.)*")+)\s*,((?:\s*"(?:[^"\\]|\\.)*")+)\s*\)')

SENTENCE = re.compile(r"(?:[A-Z'`]|mlo |--\w).{14,}\.", re.DOTALL)
COMMAND = re.compile(r"(?:^|: )(?:mlo|git) [a-z-]")

# What no source may contain, and what the library may not: (pattern over code without comments and literals, what to say).
BANNED = [
    (r"#\s*include\s*<(format|expected|regex|source_location|print)>", "<{}> is not used here"),
    (r"\bstd::(views|source_location)\b", "std::{} is not used here: clang-tidy 14 rejects it"),
    (r"\bnew\b(?!\s*\()", "raw new: use std::make_unique or a container"),
    (r"\b(TODO|FIXME|XXX)\b", "{}: finish it"),
]
LIBRARY_BANNED = [
    (r"\bstd::(cout|cerr|clog|cin)\b", "lib never prints (std::{})"),
    (r"(?<![\w.>:])(?:::|std::)?(printf|puts|putchar|fputs|fprintf|vprintf|perror)\s*\(|\bfmt::(print|println)\s*\(", "lib never prints ({})"),
    (r"(?<![\w.>:~])(?:::|std::)?(exit|_exit|quick_exit|abort)\s*\(", "lib never ends the process ({})"),
]
# The same, but for the files that are the library's doors to it.
LIBRARY_DOORS = [
    (r"\b((?:secure_)?getenv|setenv|putenv|environ)\b", "lib reads no environment ({})",
     ("lib/util/include/mlo/util/mutant.hpp", "lib/api/src/surroundings.cpp")),
    (r"\b(system_clock|steady_clock|high_resolution_clock)::now\b|\b(clock_gettime|gettimeofday)\s*\(|\bstd::(time)\s*\(", "lib reads no clock ({})",
     ("lib/util/src/runtime.cpp",)),
    (r"\b(random_device|getrandom|mt19937\w*|rand|srand|random)\b\s*[({]", "lib makes no random numbers ({})", ("lib/util/src/runtime.cpp",)),
    (r"\b(sleep_for|sleep_until|nanosleep|usleep)\b", "lib does not sleep ({})", ("lib/util/src/runtime.cpp",)),
]


class Tree:
    """The files of the project below `root`, by their relative path."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        listing = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                 check=True, capture_output=True).stdout
        self.files = sorted({name for name in listing.decode().split("\0") if name and (self.root / name).is_file()})
        self._texts = {}

    def text(self, name):
        if name not in self._texts:
            self._texts[name] = (self.root / name).read_bytes().decode("utf-8", errors="replace")
        return self._texts[name]

    def names(self, pattern):
        return [name for name in self.files if re.fullmatch(pattern, name)]

    def has(self, name):
        return name in self.files

    def cpp(self, folder=""):
        return [name for name in self.files if name.startswith(folder) and name.endswith((".cpp", ".hpp", ".c", ".h"))]


def _line_of(text, position):
    return text.count("\n", 0, position) + 1


def sizes(tree):
    for name in tree.files:
        if not name.endswith((".cpp", ".hpp", ".c", ".h", ".py", ".sh", ".cmake")) and not tree.text(name).startswith("#!"):
            continue
        limit = MAX_HEADER_LINES if re.fullmatch(r"lib/.*/include/.*\.hpp", name) else MAX_SOURCE_LINES
        count = len(tree.text(name).splitlines())
        if count > limit:
            yield f"{name}: {count} lines, at most {limit}"


def function_lengths(tree):
    count, long = 0, []
    for name in tree.cpp():
        for function in cpp.functions(tree.text(name)):
            count += 1
            if function.lines > MAX_FUNCTION_LINES:
                yield f"{name}:{function.first_line}: '{function.name}' has {function.lines} lines, at most {MAX_FUNCTION_LINES}"
            if function.lines > LONG_FUNCTION_LINES:
                long.append(f"{name}:{function.first_line}")
    if count and len(long) / count >= MAX_LONG_FUNCTION_SHARE:
        yield f"{len(long)} of {count} functions have more than {LONG_FUNCTION_LINES} lines, less than {MAX_LONG_FUNCTION_SHARE:.0%} may: {', '.join(long)}"


def third_party_headers(tree):
    seen = {pattern: [] for pattern in EXPENSIVE}
    for name in tree.cpp():
        for header, line in cpp.includes(tree.text(name)):
            header = header[1:-1]
            if any(ours.endswith("/" + header) for ours in tree.files) or re.fullmatch(r"\w+\.inc", header):  # .inc: made by the build
                continue
            for pattern in EXPENSIVE:
                if re.match(pattern, header) and name not in seen[pattern]:
                    seen[pattern].append(name)
            owner = next((folder for pattern, folder in OWNERS if re.match(pattern, header)), None)
            if owner is None:
                if not SYSTEM.fullmatch(header) and not STANDARD.fullmatch(header):
                    yield f"{name}:{line}: <{header}> has no owner: name one in tests/layering/rules.py"
            elif not name.startswith(owner):
                yield f"{name}:{line}: <{header}> belongs to {owner if isinstance(owner, str) else owner[0]} alone"
            elif owner != "" and name.startswith("lib/") and "/include/" in name:
                yield f"{name}:{line}: <{header}> in a public header"
    for pattern, names in seen.items():
        if len(names) > 1:
            yield f"{pattern} is included by {len(names)} files, one may: {', '.join(names)}"


def includes_stay_inside(tree):
    for name in tree.cpp():
        for header, line in cpp.includes(tree.text(name)):
            if ".." in header.strip('<>"').split("/"):
                yield f"{name}:{line}: {header} goes upward"
        if name.endswith(".hpp") and "#pragma once" not in tree.text(name):
            yield f"{name}: no #pragma once"


def banned_constructs(tree):
    for name in tree.cpp():
        plain = tree.text(name)
        code = cpp.code_of(plain)
        checks = [(code, pattern, message) for pattern, message in BANNED]
        checks[0] = (cpp.without_literals(plain), *BANNED[0])
        checks[-1] = (plain, *BANNED[-1])
        if name.startswith("lib/"):
            checks += [(code, pattern, message) for pattern, message in LIBRARY_BANNED]
            checks += [(code, pattern, message) for pattern, message, doors in LIBRARY_DOORS if name not in doors]
        for text, pattern, message in checks:
            for match in re.finditer(pattern, text):
                what = next((group for group in match.groups() if group), "")
                yield f"{name}:{_line_of(text, match.start())}: {message.format(what)}"


def bool_parameters(tree):
    """A bool beside other parameters is a mode that nobody can read at the call; alone, or of a function called boolean, it is a value."""
    for name in tree.names(r"(lib/.*/include/|cli/).*\.hpp"):
        code = cpp.code_of(tree.text(name))
        for match in re.finditer(r"(\w+)\s*\(([^()]*)\)", code):
            parameters = match[2].split(",")
            if len(parameters) > 1 and match[1] != "boolean" and any(re.match(r"\s*(const\s+)?bool\s+\w+", parameter) for parameter in parameters):
                yield f"{name}:{_line_of(code, match.start())}: '{match[1]}' has a bool among other parameters: use an enum class"


def components(tree):
    listed = re.findall(r"^add_subdirectory\((\w+)\)", tree.text("lib/CMakeLists.txt"), re.MULTILINE) if tree.has("lib/CMakeLists.txt") else []
    folders = sorted({name.split("/")[1] for name in tree.names(r"lib/[^/]+/.+")})
    for folder in folders:
        base = f"lib/{folder}"
        if folder not in listed:
            yield f"{base}: not in lib/CMakeLists.txt"
        if not tree.has(f"{base}/README.md"):
            yield f"{base}: no README.md"
        if not re.search(rf"^\| `?{folder}`? \|", tree.text("lib/README.md") if tree.has("lib/README.md") else "", re.MULTILINE):
            yield f"{base}: no row in lib/README.md"
        if not tree.names(rf"tests/unit/{folder}/.+\.cpp"):
            yield f"{base}: no tests in tests/unit/{folder}"
        build = tree.text(f"{base}/CMakeLists.txt") if tree.has(f"{base}/CMakeLists.txt") else ""
        for source in tree.names(rf"{base}/.+\.cpp"):
            if not re.search(rf"\b{re.escape(source[len(base) + 1:])}\b", build):
                yield f"{source}: not in {base}/CMakeLists.txt"


def commands(tree):
    if not tree.has("cli/commands.def"):
        return
    rows = re.findall(r"^MLO_COMMAND\((\w+)\)", tree.text("cli/commands.def"), re.MULTILINE)
    hidden = re.findall(r"^MLO_HIDDEN_COMMAND\((\w+)\)", tree.text("cli/commands.def"), re.MULTILINE)
    overview = tree.text("man/mlo.1.scd") if tree.has("man/mlo.1.scd") else ""
    for row in rows:
        dashed, words = row.replace("_", "-"), row.replace("_", "[ -]")
        for needed in (f"cli/commands/{row}.cpp", f"man/mlo-{dashed}.1.scd", f"tests/functional/{row}.t"):
            if not tree.has(needed):
                yield f"cli/commands.def: '{row}' has no {needed}"
        if "@COMMANDS@" not in overview and not re.search(rf"mlo[- ]{words}\b", overview.replace("\\", "").replace("*", "")):
            yield f"cli/commands.def: '{row}' has no entry in man/mlo.1.scd"
    for row in hidden:
        if not tree.has(f"cli/commands/{row}.cpp"):
            yield f"cli/commands.def: '{row}' has no cli/commands/{row}.cpp"
    for name in tree.names(r"cli/commands/\w+\.cpp"):
        if pathlib.PurePosixPath(name).stem not in rows + hidden:
            yield f"{name}: no row in cli/commands.def"
    for name in tree.names(r"man/mlo-.+\.1\.scd"):
        if name[len("man/mlo-"):-len(".1.scd")].replace("-", "_") not in rows:
            yield f"{name}: no row in cli/commands.def"


def _literal(text):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text))


def errors(tree):
    ids, sources = {}, [name for name in tree.cpp() if name.startswith(("lib/", "cli/"))]
    for name in tree.names(r"lib/.+/errors\.def|cli/errors\.def"):
        component = name.split("/")[1] if name.startswith("lib/") else "cli"
        text = tree.text(name)
        rows = ERROR_ROW.findall(text)
        if len(rows) != len(re.findall(r"^MLO_ERROR\(", text, re.MULTILINE)):
            yield f"{name}: a row is not MLO_ERROR(name, \"X000\", kind, \"cause\", \"cure\")"
        for error, number, kind, cause, cure in rows:
            if not re.fullmatch(rf"{ERROR_LETTERS.get(component, '?')}\d{{3}}", number):
                yield f"{name}: '{number}' is not a number of '{component}'"
            if number in ids:
                yield f"{name}: '{number}' is taken by {ids[number]}"
            ids[number] = f"{name} ({error})"
            if kind not in ERROR_KINDS:
                yield f"{name}: {number} has the unknown kind '{kind}'"
            if not SENTENCE.fullmatch(_literal(cause)):
                yield f"{name}: {number} has no cause that is a sentence"
            if not SENTENCE.fullmatch(_literal(cure)) and not COMMAND.search(_literal(cure)):
                yield f"{name}: {number} has no cure that is a sentence or a command"
            if not any(re.search(rf"\berrors::{error}\b", tree.text(source)) for source in sources):
                yield f"{name}: {number} ({error}) is thrown nowhere"


def schemas(tree):
    used = {}
    for name in tree.cpp("lib/") + tree.cpp("cli/"):
        for schema in re.findall(r'"mlo/([a-z][a-z-]*-v\d+)"', tree.text(name)):
            used.setdefault(schema, name)
    for schema, name in sorted(used.items()):
        if not tree.has(f"schemas/{schema}.json"):
            yield f"{name}: 'mlo/{schema}' has no schemas/{schema}.json"
    for name in tree.names(r"schemas/.+"):
        match = re.fullmatch(r"schemas/([a-z-]+-v\d+)\.json", name)
        if not match:
            yield f"{name}: not named <name>-v<number>.json"
        elif match[1] not in used:
            yield f"{name}: nothing writes 'mlo/{match[1]}'"
        else:
            try:
                json.loads(tree.text(name))
            except ValueError as error:
                yield f"{name}: {error}"


def top_level(tree):
    for name in sorted({name.split("/")[0] for name in tree.files} - TOP_LEVEL):
        yield f"{name}: not one of the agreed names at top level"


def licence_lines(tree):
    for name in tree.files:
        lines = tree.text(name).splitlines()[:2]
        if not name.endswith((".cpp", ".hpp", ".c", ".h", ".def", ".py", ".sh", ".cmake", "CMakeLists.txt")) and not (lines and lines[0].startswith("#!")):
            continue
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines):
            yield f"{name}: no SPDX line"


def machine_paths(tree):
    for name in tree.files:
        if "\0" in tree.text(name) or name.startswith(("tests/data/", "tests/fuzz/")):
            continue
        for match in re.finditer(r"(?<![\w$}./~-])/(work|root|workspace|builds)/[\w.]|(?<![\w$}.~-])/home/(?!ada\b|user\b)\w{3,}", tree.text(name)):
            yield f"{name}:{_line_of(tree.text(name), match.start())}: a path of one machine ({match[0]})"


ALL = (sizes, function_lengths, third_party_headers, includes_stay_inside, banned_constructs, bool_parameters, components, commands, errors, schemas,
       top_level, licence_lines, machine_paths)

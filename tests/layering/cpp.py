# SPDX-License-Identifier: Apache-2.0
"""Just enough of C++'s grammar to find functions and to read code without its comments and literals."""

import dataclasses
import re

TOKEN = re.compile(
    r'(?P<raw>R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)")'
    r"|(?P<comment>//[^\n]*|/\*.*?\*/)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<digits>\b\d[\w.']*)"
    r"|(?P<char>'(?:[^'\\\n]|\\.)+')",
    re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>]+>|"[^"]+")', re.MULTILINE)
TEMPLATE = re.compile(r"^template\s*<")
TYPE = re.compile(r"^(?:typedef |static |const |inline |constexpr |extern )*(?:class|struct|union|enum|namespace)\b")
MEMBER_INITIALIZER = re.compile(r"\)[^():]*(?<!:):(?!:).*[\w>]\s*$", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    first_line: int
    last_line: int

    @property
    def lines(self):
        return self.last_line - self.first_line + 1


def _blank(text):
    return "".join("\n" if c == "\n" else " " for c in text)


def without_literals(text):
    """The text with comments blanked and literals emptied; every line stays where it is."""

    def replace(match):
        if match["digits"]:
            return match[0].replace("'", "0")
        if match["comment"]:
            return _blank(match[0])
        quote = "'" if match["char"] else '"'
        return quote + _blank(match[0])[2:] + quote

    return TOKEN.sub(replace, text)


def code_of(text):
    """The text without comments, literals and preprocessor lines; every line stays where it is."""
    return DIRECTIVE.sub(lambda match: _blank(match[0]), without_literals(text))


def includes(text):
    """The names that the text includes, with the number of the line."""
    plain = re.sub(r"/\*.*?\*/", lambda match: _blank(match[0]), text, flags=re.DOTALL)
    return [(match[1], plain.count("\n", 0, match.start(1)) + 1) for match in INCLUDE.finditer(plain)]


def _strip_template(head):
    while match := TEMPLATE.match(head):
        angles, parentheses, position = 1, 0, match.end()
        while angles and position < len(head):
            parentheses += {"(": 1, ")": -1}.get(head[position], 0)
            if not parentheses:
                angles += {"<": 1, ">": -1}.get(head[position], 0)
            position += 1
        head = head[position:].lstrip()
    return head


def _scope_kind(head):
    """What a brace opens that follows `head`, the text since the last statement of a namespace or class."""
    head = re.sub(r"\[\[.*?\]\]", " ", head, flags=re.DOTALL)
    head = _strip_template(head.strip())
    if head.count("(") > head.count(")") or MEMBER_INITIALIZER.search(head):
        return "initializer"
    if TYPE.match(head) and not (head.startswith("struct ") and re.search(r"\w\s+\w+\s*\([^()]*\)$", head)) or re.fullmatch(r'extern\s+"\s*"', head):
        return "type"
    return "function" if ")" in head else "initializer"


def _name(head):
    match = re.search(r"([\w:~]+|operator[^\w\s(]+)\s*\(", _strip_template(head.strip()))
    return match[1] if match else head.strip()[:40]


@dataclasses.dataclass
class _Head:
    """The text since the last statement of a scope, and the line where it begins."""

    text: str = ""
    line: int = 0

    def add(self, c, line):
        if self.text:
            self.text += c
        elif not c.isspace():
            self.text, self.line = c, line


def functions(text):
    """All functions with a body, from the first line of their declaration to the closing brace; lambdas belong to the function around them."""
    found, scopes, heads = [], [], [_Head()]
    line, depth = 1, 0
    for c in code_of(text):
        head = heads[-1]
        if c == "\n":
            line += 1
        if scopes and scopes[-1] == "function":
            depth += {"{": 1, "}": -1}.get(c, 0)
            if depth == 0:
                found.append(Function(_name(head.text), head.line, line))
                scopes.pop()
                heads[-1] = _Head()
        elif c == "{":
            scopes.append(_scope_kind(head.text))
            if scopes[-1] == "function":
                depth = 1
            else:
                heads.append(_Head())
        elif c == "}" and scopes:
            heads.pop()
            if scopes.pop() == "initializer":
                heads[-1].add("{}", line)
            else:
                heads[-1] = _Head()
        elif c == ";" and head.text.count("(") == head.text.count(")") or c == ":" and head.text.strip() in ("public", "protected", "private"):
            heads[-1] = _Head()
        else:
            head.add(c, line)
    return found

"""A reader for the part of libconfig that configuration files and catalogues use."""

import re

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<float>[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+)
      | (?P<int>0[xX][0-9A-Fa-f]+L{0,2}|[-+]?[0-9]+L{0,2})
      | (?P<name>[A-Za-z*][-A-Za-z0-9_*]*)
      | (?P<mark>[=:;,{}()\[\]])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "a": "\a", "b": "\b"}


def _unescape(body: str) -> str:
    return re.sub(
        r"\\(x[0-9A-Fa-f]{2}|.)",
        lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 3 else _ESCAPES.get(m[1], m[1]),
        body,
    )


class _Reader:
    def __init__(self, text: str):
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ValueError(f"line {text.count(chr(10), 0, at) + 1}: {text[at:at + 20]!r}")
            if match.lastgroup != "skip":
                self.tokens.append((match.lastgroup, match.group()))
            at = match.end()
        self.tokens.append(("end", ""))
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at][1]

    def take(self, expected: str | None = None) -> tuple[str, str]:
        kind, text = self.tokens[self.at]
        if expected is not None and text != expected:
            raise ValueError(f"{expected!r} expected, {text!r} found")
        self.at += 1
        return kind, text

    def settings(self, closing: str) -> dict:
        group: dict = {}
        while self.peek() != closing:
            kind, name = self.take()
            if kind != "name" or name in group:
                raise ValueError(f"no setting's name, or used twice: {name!r}")
            if self.take()[1] not in "=:":
                raise ValueError(f"{name}: = or : expected")
            group[name] = self.value()
            if self.peek() in (";", ","):
                self.take()
        return group

    def elements(self, closing: str) -> list:
        values = []
        while self.peek() != closing:
            values.append(self.value())
            if self.peek() == ",":
                self.take()
        self.take(closing)
        return values

    def value(self):
        kind, text = self.take()
        if kind == "string":
            parts = [_unescape(text[1:-1])]
            while self.tokens[self.at][0] == "string":
                parts.append(_unescape(self.take()[1][1:-1]))
            return "".join(parts)
        if kind == "int":
            return int(text.rstrip("L"), 16 if text[:2].lower() == "0x" else 10)
        if kind == "float":
            return float(text)
        if kind == "name" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if text == "{":
            group = self.settings("}")
            self.take("}")
            return group
        if text in ("(", "["):
            return self.elements(")" if text == "(" else "]")
        raise ValueError(f"no value: {text!r}")


def read(path: str) -> dict:
    with open(path, encoding="utf-8") as file:
        return _Reader(file.read()).settings("")

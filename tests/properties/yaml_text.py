"""Generates YAML texts with all the layouts that people and tools write, and some that nobody should.

Comments are numbered, `# c1`, and what only looks like a comment is `# t1`: a test can tell what became of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

KEYS = [
    "a",
    "b",
    "name",
    "image",
    "k8s.io/x",
    "x y",
    "on",
    "1",
    '"q"',
    "'s'",
    "ключ",
    "~x",
    "-x",
    "?x",
    "a#b",
    "<",
]
PLAIN = [
    "x",
    "nginx:1.25",
    "1",
    "0644",
    "0x1F",
    "22:22",
    "on",
    "no",
    "~",
    "null",
    "1.5",
    "1e3",
    "2001-01-01",
    "a b",
    "a#b",
    "-x",
    "ü",
    "🐳",
    "a: b".replace(": ", ":"),
    "http://x/y?z=1&a",
    "x'y",
    'x"y',
    "<<",
    "=",
    "%a".replace("%", "p%"),
    "\\n",
]
QUOTED = [
    '"x"',
    "'x'",
    '""',
    "''",
    '"# t0"',
    "'it''s # t0'",
    '"a: b"',
    r'"\x41\n\u263a\U0001F433"',
    '"[{,}]"',
    '"1"',
]
BREAKS = ["\n"] * 12 + ["\r\n"] * 4 + ["\r"] * 2
TAGS = ["!!str", "!!map", "!!seq", "!custom", "!<tag:example.com,2000:x>", "!"]


class Writer:
    """Writes one text; `random` decides everything."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.comments = 0
        self.anchors: list[str] = []
        self.odd = random.random() < 0.3  # layouts that nobody should write

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def comment(self) -> str:
        self.comments += 1
        tail = self.random.choice(["", "", " x", ": y", ' {"$a": "b"}', " 🐳", " - k: v", " \t", " t\tt"])
        return f"#{self.random.choice(['', ' ', ' ', '  '])}c{self.comments}.{tail}"

    def end(self, probability: float = 0.2) -> str:
        """What may be at the end of a line."""
        if self.chance(probability):
            return self.random.choice([" ", " ", "  ", "\t", " \t "]) + self.comment()
        return self.random.choice([""] * 8 + [" ", "  ", "\t"])

    def between(self, column: int) -> list[str]:
        """Lines between two members: comments and blank lines."""
        lines: list[str] = []
        while self.chance(0.25):
            kind = self.random.random()
            if kind < 0.6:
                lines.append(" " * column + self.comment())
            elif kind < 0.8:
                lines.append("")
            elif kind < 0.9:
                lines.append(" " * self.random.randrange(8))
            else:
                lines.append(" " * self.random.randrange(column + 6) + self.comment())
        return lines

    def properties(self, *, collection: bool = False) -> str:
        out = ""
        if self.chance(0.08):
            name = self.random.choice(["x", "y", "common", "a-b_1"])
            self.anchors.append(name)
            out += f"&{name} "
        if self.chance(0.04):
            tags = TAGS[1:3] if collection else [TAGS[0], *TAGS[3:]]
            out = self.random.choice([f"{out}{self.random.choice(tags)} ", f"{self.random.choice(tags)} {out}"])
        return out

    def scalar(self, *, flow: bool = False) -> str:
        kind = self.random.random()
        if kind < 0.06 and self.anchors:
            return "*" + self.random.choice(self.anchors) + (" " if flow else "")
        text = self.random.choice(QUOTED if kind < 0.35 else PLAIN)
        if flow and kind >= 0.35 and any(char in text for char in ",[]{}?"):
            text = "x"
        return self.properties() + text

    def key(self, *, used: list[str]) -> str:
        if self.chance(0.04):
            return self.random.choice(["<<", "&k a", '"a\\tb"', "!!str a", "'x: y'"])
        if used and self.chance(0.05):
            return self.random.choice(used)
        key = self.random.choice(KEYS)
        used.append(key)
        return key

    def flow(self, depth: int, *, lines: bool, json: bool = False) -> str:
        """A flow collection on one line, or on several."""
        random = self.random
        count = random.choice([0, 1, 1, 2, 3])
        is_map = self.chance(0.5)
        members: list[str] = []
        used: list[str] = []
        for _ in range(count):
            deeper = depth < 4 and self.chance(0.25)
            inner = self.flow(depth + 1, lines=lines, json=json) if deeper else self.flow_scalar(json=json)
            if is_map:
                key = f'"{random.choice("abcdef")}"' if json else self.key(used=used)
                colon = random.choice([": ", ":", " : "]) if key[0] in "\"'" else ": "
                if not json and self.chance(0.08):
                    members.append(random.choice([key, f"{key}: ", f"? {key} : {inner}"]))
                else:
                    members.append(f"{key}{colon}{inner}")
            elif not json and self.odd and self.chance(0.1):
                members.append(f"{self.key(used=[])}: {inner}")
            else:
                members.append(inner)
        opening, closing = "{}" if is_map else "[]"
        if not lines or self.chance(0.4):
            gap = random.choice(["", " "])
            tail = random.choice(["", "", ","]) if members and not json else ""
            return (
                opening + gap + random.choice([", ", ","] if json else [", "]).join(members) + tail + gap + closing
            )
        return self.flow_lines(members, opening, closing, json=json)

    def flow_lines(self, members: list[str], opening: str, closing: str, *, json: bool) -> str:
        """Members on lines of their own, `\\0` for where a line ends."""
        out = [opening + ("" if json else self.end(0.1))]
        comma_first = self.odd and self.chance(0.2)
        indent = " " * self.random.choice([2, 2, 4, 10])
        for number, member in enumerate(members):
            last = number == len(members) - 1
            if not json and self.chance(0.1):
                out.append(indent + self.comment())
            comma = "" if comma_first or (last and (json or self.chance(0.7))) else ","
            first = ", " if comma_first and number else ""
            out.append(indent + first + member + comma + ("" if json else self.end(0.15)))
        out.append(" " * self.random.choice([1, 2, 4]) + closing)
        return "\0".join(out)

    def flow_scalar(self, *, json: bool) -> str:
        if json:
            return self.random.choice(
                ['"x"', '"nginx:1"', "1", "true", "null", '"\\u00e9"', '"a b"', "[]", "{}", "1.5"]
            )
        if self.chance(0.05):
            return '"multi\0   line # t0"'
        return self.scalar(flow=True)

    def block_scalar(self, column: int) -> list[str]:
        """A block scalar whose parent's members stand in this column: head, then lines."""
        random = self.random
        step = random.choice([1, 2, 2, 4])
        explicit = self.chance(0.2)
        head = random.choice("|>")
        chomp = random.choice(["", "", "-", "+"])
        head += random.choice([f"{step}{chomp}", f"{chomp}{step}"]) if explicit else chomp
        head += self.end(0.1).rstrip("\t")
        indent = " " * (column + step)
        lines = []
        for _ in range(random.choice([0, 1, 2, 3])):
            kind = random.random()
            if kind < 0.5:
                lines.append(indent + random.choice(["text", "# t0", "- x", "a: b", "---", "tab\tend ", "ü🐳"]))
            elif kind < 0.7:
                lines.append(indent + random.choice(["  more", "\ttab"]) if lines or explicit else indent + "x")
            elif kind < 0.85:
                lines.append("")
            else:
                lines.append(" " * random.randrange(column + step + 1))
        while self.chance(0.3):
            lines.append(random.choice(["", "", " " * random.randrange(column + step + 3)]) if lines else "")
        return [head, *lines]

    def value(self, column: int, depth: int) -> list[str]:
        """What follows `key:` or `-` whose members stand in this column: the rest of its line, then lines."""
        kind = self.random.random()
        if kind < 0.06:
            return [self.end()]
        if kind < 0.5 or depth > 5:
            gap = self.random.choice([" ", " ", " ", "  ", " \t", "   "])
            if self.chance(0.05):
                return [self.end(), " " * (column + self.random.choice([1, 2, 4])) + self.scalar() + self.end()]
            if self.chance(0.06):
                indent = " " * (column + self.random.choice([1, 2, 6]))
                lines = self.random.choice([[" 'multi", "", indent + "line # t0'"], [" multi", indent + "line"]])
                return [*lines[:-1], lines[-1] + self.end()]
            return [gap + self.scalar() + self.end()]
        if kind < 0.62:
            text = (
                " "
                + self.properties(collection=False).replace("!!str ", "")
                + self.flow(depth, lines=self.chance(0.4))
            )
            pad = " " * (column + 1)
            first, *rest = (text + self.end()).split("\0")
            return [first, *(pad + line for line in rest)]
        if kind < 0.75:
            head, *lines = self.block_scalar(column)
            return [" " + self.properties().replace("! ", "") + head, *lines]
        return []

    def mapping(self, column: int, depth: int) -> list[str]:
        """The lines of a block mapping, its first line without indentation."""
        pad = " " * column
        used: list[str] = []
        lines: list[str] = []
        for number in range(self.random.choice([1, 1, 2, 2, 3, 4])):
            if number:
                lines += self.between(column)
            explicit = self.odd and self.chance(0.08)
            key = self.key(used=used)
            if explicit:
                lines.append(f"{pad}? {key}" + self.end())
                if self.chance(0.3):
                    continue
                key = ""
            lines += self.pair(pad + key + ":", column, depth)
        lines[0] = lines[0][column:]
        return lines

    def pair(self, head: str, column: int, depth: int) -> list[str]:
        value = self.value(column, depth)
        if value:
            return [head + value[0], *value[1:]]
        step = self.random.choice([1, 2, 2, 2, 3, 4])
        head = head + f" {self.properties(collection=True)}".rstrip() + self.end()
        if self.chance(0.5):
            inner = column + step
            return [head, *self.between(inner), *_indent(self.mapping(inner, depth + 1), inner)]
        inner = column + self.random.choice([0, 0, step])
        return [head, *self.between(inner), *_indent(self.sequence(inner, depth + 1), inner)]

    def sequence(self, column: int, depth: int) -> list[str]:
        """The lines of a block sequence, its first line without indentation."""
        pad = " " * column
        lines: list[str] = []
        for number in range(self.random.choice([1, 1, 2, 3])):
            if number:
                lines += self.between(column)
            lines += self.item(pad, column, depth)
        lines[0] = lines[0][column:]
        return lines

    def item(self, pad: str, column: int, depth: int) -> list[str]:
        value = self.value(column, depth)
        if value:
            if value[0].startswith((" \t", "\t")):
                value[0] = " " + value[0].lstrip(" \t")
            return [f"{pad}-{value[0]}".rstrip(" \t") if value[0].isspace() else f"{pad}-{value[0]}", *value[1:]]
        gap = self.random.choice([1, 1, 1, 2, 3])
        inner = column + 1 + gap
        nested = self.mapping if self.chance(0.7) else self.sequence
        if self.chance(0.85):
            first, *rest = nested(inner, depth + 1)
            return [f"{pad}-{' ' * gap}{first}", *rest]
        head = f"{pad}- {self.properties(collection=True)}".rstrip() + self.end().rstrip("\t")
        return [head, *self.between(inner), *_indent(nested(inner, depth + 1), inner)]

    def document(self, *, last: bool, first: bool) -> list[str]:
        """One document: a mapping nearly always."""
        lines = self.between(0)
        kind = self.random.random()
        marked = not first or self.chance(0.3)
        if marked:
            if first and self.chance(0.15):
                lines.append(self.random.choice(["%YAML 1.1", "%TAG !e! tag:example.com,2000:"]))
            lines.append("---" + self.end())
            lines += self.between(0)
        self.anchors = []
        if kind < 0.85:
            lines += self.mapping(0, 0)
        elif kind < 0.92:
            lines += (self.flow(0, lines=True, json=self.chance(0.6)) + self.end()).split("\0")
        elif kind < 0.96:
            lines += self.sequence(0, 0)
        elif marked and self.chance(0.5):
            lines[-1] = "---"
        lines += self.between(0)
        if self.chance(0.1 if last else 0.2):
            lines.append("..." + self.end())
        return lines

    def text(self) -> str:
        """A whole text."""
        count = self.random.choice([1, 1, 1, 2, 3])
        lines: list[str] = []
        for number in range(count):
            lines += self.document(first=number == 0, last=number == count - 1)
        return self.joined(lines)

    def joined(self, lines: list[str]) -> str:
        break_ = self.random.choice(BREAKS)
        mixed = self.odd and self.chance(0.1)
        breaks = ["\n", "\r\n", "\r", "\x85", "\u2028"] if mixed else [break_]
        text = "".join(line + self.random.choice(breaks) for line in lines)
        if self.chance(0.2):
            text = text.removesuffix(break_)
        return ("\ufeff" if self.chance(0.04) else "") + text


def _indent(lines: list[str], column: int) -> list[str]:
    return [" " * column + lines[0], *lines[1:]]

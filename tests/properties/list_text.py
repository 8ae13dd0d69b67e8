"""Generates ResourceLists: as kpt and kustomize write them, and in every other layout that YAML has for them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from properties.yaml_text import Writer

KINDS = [("v1", "ConfigMap"), ("apps/v1", "Deployment"), ("batch/v1", "Job"), ("example.com/v1", "X")]
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config # c{}.\ndata: {{a: b}}\n"
RESULTS = "- message: old\n  severity: info\n- message: other # c{}.\n"


@dataclass
class ListText:
    """A text, and how many items are in it."""

    text: str
    count: int


class ListWriter(Writer):
    """Writes a ResourceList; `random` decides everything."""

    def list_text(self) -> ListText:
        if self.chance(0.2):
            return self.flow_list()
        count = self.random.choice([0, 1, 1, 2, 3, 4])
        parts = [["apiVersion: config.kubernetes.io/v1"], ["kind: ResourceList"], self.items(count)]
        if self.chance(0.6):
            parts.insert(self.random.choice([2, 3]), self.config())
        if self.chance(0.2):
            self.comments += 1
            lines = RESULTS.format(self.comments).splitlines()
            parts.insert(self.random.randrange(len(parts) + 1), ["results:" + self.end(), *lines])
        lines = self.between(0)
        if self.chance(0.2):
            lines.append("---" + self.end())
        for part in parts:
            lines += self.between(0) if self.chance(0.2) else []
            lines += part
        lines += self.between(0) if self.chance(0.3) else []
        if self.chance(0.05):
            lines.append("...")
        return ListText(self.joined(lines), count)

    def config(self) -> list[str]:
        if self.chance(0.15):
            return [self.random.choice(["functionConfig:", "functionConfig: null", "functionConfig: {}"])]
        self.comments += 1
        text = CONFIG.format(self.comments)
        return ["functionConfig:" + self.end(), *(f"  {line}" for line in text.splitlines())]

    def items(self, count: int) -> list[str]:
        if not count:
            return ["items:" + self.random.choice([" []", " []", " [ ]", "", " null", " ~"]) + self.end()]
        column = self.random.choice([0, 0, 0, 2, 4])
        lines = ["items:" + self.end()]
        for _ in range(count):
            lines += self.between(column)
            lines += self.resource(column)
        return lines

    def resource(self, column: int) -> list[str]:
        """An item, its dash in this column."""
        if self.chance(0.05):
            return [" " * column + "- {apiVersion: v1, kind: ConfigMap, metadata: {name: flow}}" + self.end()]
        pad = " " * column
        gap = self.random.choice([1, 1, 1, 1, 3])
        head = f"{pad}-{' ' * gap}"
        inner = column + 1 + gap
        lines = []
        if self.chance(0.1):
            lines = [pad + "-" + self.end(0.5), *self.between(inner)]
            head = " " * inner
        lines += [
            f"{head}{field[0]}" if not n else " " * inner + field[0] for n, field in enumerate(self.header())
        ]
        if not self.chance(0.03):  # else an alias may stand for something in an earlier item
            self.anchors = []
        body = self.mapping(inner, 1)
        return [*lines, *self.between(inner), " " * inner + "spec:", *_deeper(body, inner)]

    def header(self) -> list[list[str]]:
        version, kind = self.random.choice(KINDS)
        name = f"name-{self.random.randrange(4)}"
        fields = [
            [f"apiVersion: {version}" + self.end(0.05)],
            [f"kind: {kind}" + self.end(0.05)],
            [f"metadata: {{name: {name}}}" + self.end(0.05)],
        ]
        if self.chance(0.15):
            self.random.shuffle(fields)
        return fields

    def flow_list(self) -> ListText:
        """A list in flow style: JSON on one line or many, or a list of flow items in a block."""
        count = self.random.choice([0, 1, 2, 3])
        items = []
        for number in range(count):
            version, kind = self.random.choice(KINDS)
            items.append({"apiVersion": version, "kind": kind, "metadata": {"name": f"n{number}"}, "x": [1, "a"]})
        data: dict[str, Any] = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items}
        if self.chance(0.4):
            data["functionConfig"] = {"kind": "ConfigMap", "data": {"a": "b"}}
        if self.chance(0.2):
            data["results"] = [{"message": "old"}]
        if self.chance(0.6):
            text = json.dumps(data, indent=self.random.choice([None, 2, 4]))
            return ListText(text + self.random.choice(["", "\n"]), count)
        inner = self.random.choice([", ", ",\n  ", f", {self.comment()}\n  "]).join(map(json.dumps, items))
        trailing = self.random.choice(["", ",", "\n"]) if items else ""
        end = self.end()
        return ListText(
            f"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: [{inner}{trailing}]{end}\n", count
        )


def _deeper(body: list[str], column: int) -> list[str]:
    """Lines of a mapping written for a column, as the value of a key in that column."""
    first, *rest = body
    return [" " * (column + 2) + first, *(f"  {line}" if line else line for line in rest)]

"""Folds the events of a YAML parser into plain data, and refuses what is no plain data."""

from __future__ import annotations

import math
import re
from typing import Any

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from simulator.core.errors import InputError, Problem
from simulator.scenario.hints import shown
from simulator.scenario.place import Place, Way
from simulator.scenario.source import Source

MAX_DEPTH = 32
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_BOOLEANS = {text: text.lower() == "true" for text in ("true", "True", "TRUE", "false", "False", "FALSE")}
_NULLS = ("", "~", "null", "Null", "NULL")


class Folder:
    """Folds a list of events into the data and places of a source."""

    def __init__(self, source: Source, events: list[Any]) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.nodes = [e for e in events if isinstance(e, NodeEvent | MappingEndEvent | SequenceEndEvent)]
        self.documents = [e for e in events if isinstance(e, DocumentStartEvent)]
        self.next = 0

    def fold(self) -> None:
        """Fill the source, or raise what is wrong with it."""
        if len(self.documents) > 1:
            self._refuse(self.documents[1], (), "a second document", "one document a file")
        for document in self.documents:
            if document.version or document.tags:
                self._refuse(document, (), "a directive", "YAML 1.2 without directives")
        if not self.nodes:
            raise InputError(Problem("an empty file", "keys and values", self.source.file))
        first = self.nodes[0]
        self._place((), first, first)
        root = self._value(())
        if not isinstance(root, dict) and not self.problems:
            self._refuse(first, (), shown(root), "a mapping (key: value)")
        if self.problems:
            raise InputError(*self.problems)
        self.source.data.update(root)

    def _take(self) -> Any:
        self.next += 1
        return self.nodes[self.next - 1]

    def _refuse(self, event: Any, way: Way, got: str, wanted: str, hint: str = "") -> None:
        mark = event.start_mark
        spot = (mark.line + 1, mark.column + 1, self._width(event))
        self.problems.append(self.source.at(*spot, way, got, wanted, hint))

    def _width(self, event: Any) -> int:
        start, end = event.start_mark, event.end_mark
        if end.line == start.line:
            return int(max(end.column - start.column, 1))
        line = self.source.lines[start.line] if start.line < len(self.source.lines) else ""
        return int(max(len(line.rstrip()) - start.column, 1))

    def _place(self, way: Way, key: Any, value: Any) -> None:
        k, v = key.start_mark, value.start_mark
        spot = (k.line + 1, k.column + 1, self._width(key), v.line + 1, v.column + 1, self._width(value))
        self.source.places[way] = Place(*spot)

    def _value(self, way: Way) -> Any:
        event = self._take()
        if isinstance(event, AliasEvent):
            got = f"the alias *{event.anchor}"
            return self._refuse(event, way, got, "the value itself", "no YAML anchors")
        if event.anchor:
            self._refuse(event, way, f"the anchor &{event.anchor}", "a plain value", "no YAML anchors")
        if event.tag:
            self._refuse(event, way, f"the tag {event.tag}", "a plain value", "no YAML tags")
        if isinstance(event, ScalarEvent):
            return self._scalar(event, way)
        if len(way) > MAX_DEPTH:
            deep = self.source.problem(way, "deeper nesting", f"at most {MAX_DEPTH} levels")
            raise InputError(*self.problems, deep)
        return self._mapping(way) if isinstance(event, MappingStartEvent) else self._sequence(way)

    def _sequence(self, way: Way) -> list[Any]:
        items: list[Any] = []
        while not isinstance(self.nodes[self.next], SequenceEndEvent):
            event, inside = self.nodes[self.next], (*way, len(items))
            self._place(inside, event, event)
            items.append(self._value(inside))
        self._take()
        return items

    def _mapping(self, way: Way) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(self.nodes[self.next], MappingEndEvent):
            key = self._take()
            name = self._key(key, way)
            inside = (*way, name)
            double = name in items
            if double:
                first = self.source.places[inside].key_line
                got = f"the key {name!r} twice"
                self._refuse(key, inside, got, "each key once", f"first in line {first}")
                inside = (*inside, "second")
            self._place(inside, key, self.nodes[self.next])
            value = self._value(inside)
            if not double:
                items[name] = value
        self._take()
        return items

    def _key(self, key: Any, way: Way) -> str:
        if not isinstance(key, ScalarEvent) or key.anchor or key.tag:
            self._refuse(key, way, "a key that is no plain text", "a name")
            raise InputError(*self.problems)
        if key.value == "<<" and key.style is None:
            self._refuse(key, way, "a merge key", "the keys themselves", "no YAML anchors")
        return str(key.value)

    def _scalar(self, event: Any, way: Way) -> Any:
        text = str(event.value)
        if event.style is not None or event.tag:
            return text
        if text in _NULLS:
            return self._nothing(event, way)
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _INTEGER.match(text) and len(text) < 19:
            return int(text)
        if _NOT_FINITE.match(text) or (_FLOAT.match(text) and not math.isfinite(float(text))):
            return self._refuse(event, way, text, "a finite number")
        return float(text) if _FLOAT.match(text) else text

    def _nothing(self, event: Any, way: Way) -> None:
        hint = "leave the key out, or quote the text"
        if event.value:
            return self._refuse(event, way, "nothing", "a value", hint)
        place = self.source.places[way]  # an empty value has no place of its own: tell its key
        spot = (place.key_line, place.key_column, place.key_width)
        self.problems.append(self.source.at(*spot, way, "nothing", "a value", hint))
        return None

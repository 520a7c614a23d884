"""YAML 1.2 as plain data, with the line and column of every key and value.

The parser's events are folded by hand: no object is ever built from a tag, ``NO`` and
``12:30:00`` stay texts, and what YAML offers beyond plain data (anchors, aliases, merge keys,
tags, several documents) is refused.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from ruamel.yaml.reader import ReaderError

from simulator.core.errors import InputError, Problem
from simulator.scenario.hints import shown

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
_LINE = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_BOOLEANS = {text: text.lower() == "true" for text in ("true", "True", "TRUE", "false", "False", "FALSE")}
_NULLS = ("", "~", "null", "Null", "NULL")

Path_ = tuple[str | int, ...]
"""Way to a value inside a file: ``("threats", 0, "target")``."""


class Place(NamedTuple):
    """One-based places of a key (of an item: its value) and of its value."""

    key_line: int
    key_column: int
    key_width: int
    line: int
    column: int
    width: int


@dataclass(frozen=True)
class Source:
    """One file: its plain data and where each part of it stands.

    Attributes
    ----------
    file : str
        Name for messages, as the user or the naming file gave it.
    path : Path
        Where it was read.
    data : dict
        Mappings, lists, texts, whole numbers, floats and booleans; never None.
    places : dict
        `Place` by way; the root is ``()``.
    text : str
        The whole file.
    """

    file: str
    path: Path
    data: dict[str, Any]
    places: dict[Path_, Place]
    text: str
    lines: list[str] = field(repr=False)

    def problem(self, way: Path_, got: str, wanted: str, hint: str = "", key: bool = False) -> Problem:
        """A mistake at a value, or at its key; an unknown way counts as its nearest known parent."""
        known = way
        while known not in self.places:
            known = known[:-1]
        p = self.places[known]
        at_key = key or known != way or self._opens_below(p)
        spot = (p.key_line, p.key_column, p.key_width) if at_key else (p.line, p.column, p.width)
        return self.at(*spot, way, got, wanted, hint)

    def _opens_below(self, place: Place) -> bool:
        return place.line != place.key_line

    def at(
        self, line: int, column: int, width: int, way: Path_, got: str, wanted: str, hint: str = ""
    ) -> Problem:
        """A mistake at a line and column."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Problem(got, wanted, self.file, line, column, spelled(way), hint, text, width)

    def within(self, way: Path_, position: int, width: int) -> tuple[int, int, int]:
        """Line, column and width of a part of a text value, the whole value when it is folded."""
        place, value = self.places[way], self.value(way)
        line = self.lines[place.line - 1]
        for start in (place.column - 1, place.column):  # bare or quoted
            if line[start : start + len(value)] == value:
                return place.line, start + position + 1, max(width, 1)
        return place.line, place.column, place.width

    def value(self, way: Path_) -> Any:
        """The value at a way."""
        found: Any = self.data
        for step in way:
            found = found[step]
        return found


def spelled(way: Path_) -> str:
    """``threats[0].target``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)
    return text.removeprefix(".")


def read(path: Path, file: str = "") -> Source:
    """Read one file.

    Parameters
    ----------
    path : Path
        The file.
    file : str
        Its name in messages; the path itself when empty.

    Raises
    ------
    InputError
        With every problem that can be told in one reading.
    """
    return parse(_text_of(path, file or str(path)), path, file or str(path))


def _text_of(path: Path, file: str) -> str:
    wanted = "a readable YAML file"
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(Problem(_reason(error), wanted, file)) from None
    if len(data) > MAX_BYTES:
        raise InputError(Problem("a file over 1 MB", "at most 1 MB of YAML", file))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        got = f"byte 0x{data[error.start]:02x} that is not UTF-8"
        raise InputError(Problem(got, "UTF-8 text", file, line, column)) from None


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return "a directory" if isinstance(error, IsADirectoryError) else f"an unreadable file ({error.strerror})"


def parse(text: str, path: Path, file: str) -> Source:
    """Parse the text of a file; see `read`."""
    source = Source(file, path, {}, {}, text, _LINE.split(text))
    tabs = [
        source.at(number, line.index("\t") + 1, 1, (), "a tab", "spaces")
        for number, line in enumerate(source.lines, 1)
        if "\t" in line
    ]
    if tabs:
        raise InputError(*tabs)
    _Folder(source, _events(source)).fold()
    return source


def _events(source: Source) -> list[Any]:
    try:
        return list(YAML(typ="safe", pure=True).parse(source.text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        got = str(error.problem or error.context)
        raise InputError(source.at(mark.line + 1, mark.column + 1, 1, (), got, "YAML 1.2")) from None
    except ReaderError as error:
        before = _LINE.split(source.text[: error.position])
        got = f"the character U+{ord(source.text[error.position]):04X}"
        spot = (len(before), len(before[-1]) + 1, 1)
        raise InputError(source.at(*spot, (), got, "printable text")) from None
    except (YAMLError, RecursionError, ValueError) as error:
        raise InputError(Problem(str(error).splitlines()[0], "YAML 1.2", source.file)) from None


class _Folder:
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

    def _refuse(self, event: Any, way: Path_, got: str, wanted: str, hint: str = "") -> None:
        mark = event.start_mark
        spot = (mark.line + 1, mark.column + 1, self._width(event))
        self.problems.append(self.source.at(*spot, way, got, wanted, hint))

    def _width(self, event: Any) -> int:
        start, end = event.start_mark, event.end_mark
        if end.line == start.line:
            return int(max(end.column - start.column, 1))
        line = self.source.lines[start.line] if start.line < len(self.source.lines) else ""
        return int(max(len(line.rstrip()) - start.column, 1))

    def _place(self, way: Path_, key: Any, value: Any) -> None:
        k, v = key.start_mark, value.start_mark
        spot = (k.line + 1, k.column + 1, self._width(key), v.line + 1, v.column + 1, self._width(value))
        self.source.places[way] = Place(*spot)

    def _value(self, way: Path_) -> Any:
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

    def _sequence(self, way: Path_) -> list[Any]:
        items: list[Any] = []
        while not isinstance(self.nodes[self.next], SequenceEndEvent):
            event, inside = self.nodes[self.next], (*way, len(items))
            self._place(inside, event, event)
            items.append(self._value(inside))
        self._take()
        return items

    def _mapping(self, way: Path_) -> dict[str, Any]:
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

    def _key(self, key: Any, way: Path_) -> str:
        if not isinstance(key, ScalarEvent) or key.anchor or key.tag:
            self._refuse(key, way, "a key that is no plain text", "a name")
            raise InputError(*self.problems)
        if key.value == "<<" and key.style is None:
            self._refuse(key, way, "a merge key", "the keys themselves", "no YAML anchors")
        return str(key.value)

    def _scalar(self, event: Any, way: Path_) -> Any:
        text = str(event.value)
        if event.style is not None or event.tag:
            return text
        if text in _NULLS:
            return self._refuse(event, way, "nothing", "a value", "leave the key out, or quote the text")
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _INTEGER.match(text) and len(text) < 19:
            return int(text)
        if _NOT_FINITE.match(text) or (_FLOAT.match(text) and not math.isfinite(float(text))):
            return self._refuse(event, way, text, "a finite number")
        return float(text) if _FLOAT.match(text) else text

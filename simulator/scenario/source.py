"""YAML 1.2 as plain data, with the line and column of every key and value.

The parser's events are folded by hand: no object is ever built from a tag, ``NO`` and
``12:30:00`` stay texts, and what YAML offers beyond plain data (anchors, aliases, merge keys,
tags, several documents) is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from simulator.core.errors import InputError, Problem
from simulator.scenario.fold import Folder
from simulator.scenario.place import Place, Way, spelled

MAX_BYTES = 1_000_000
_LINE = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


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
    places: dict[Way, Place]
    text: str
    lines: list[str] = field(repr=False)

    def problem(self, way: Way, got: str, wanted: str, hint: str = "", key: bool = False) -> Problem:
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
        self, line: int, column: int, width: int, way: Way, got: str, wanted: str, hint: str = ""
    ) -> Problem:
        """A mistake at a line and column."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Problem(got, wanted, self.file, line, column, spelled(way), hint, text, width)

    def within(self, way: Way, position: int, width: int) -> tuple[int, int, int]:
        """Line, column and width of a part of a text value, the whole value when it is folded."""
        place, value = self.places[way], self.value(way)
        line = self.lines[place.line - 1]
        for start in (place.column - 1, place.column):  # bare or quoted
            if line[start : start + len(value)] == value:
                return place.line, start + position + 1, max(width, 1)
        return place.line, place.column, place.width

    def value(self, way: Way) -> Any:
        """The value at a way."""
        found: Any = self.data
        for step in way:
            found = found[step]
        return found


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
    Folder(source, _events(source)).fold()
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

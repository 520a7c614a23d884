"""A file that has been read: its plain data, and where each part of it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.core.errors import Problem
from simulator.scenario.place import Place, Way, spelled


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

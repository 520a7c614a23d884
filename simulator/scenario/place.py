"""Where a key and its value stand in a file."""

from __future__ import annotations

from typing import NamedTuple

Way = tuple[str | int, ...]
"""Way to a value inside a file: ``("threats", 0, "target")``."""


class Place(NamedTuple):
    """One-based places of a key (of an item: its value) and of its value."""

    key_line: int
    key_column: int
    key_width: int
    line: int
    column: int
    width: int


def spelled(way: Way) -> str:
    """``threats[0].target``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)
    return text.removeprefix(".")

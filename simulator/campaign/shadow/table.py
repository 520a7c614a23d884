"""Reads a table of recorded values, CSV or Parquet, and tells everything that is wrong with it at once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.campaign import parquet
from simulator.core.errors import InputError, Problem

MOST_BYTES = 1_000_000_000
MOST_TOLD = 40


@dataclass(frozen=True)
class Table:
    """A table as it stands in the file.

    Attributes
    ----------
    file : str
        Its name in messages.
    names : tuple of str
        Header of each column, such as ``TT-101 [K]``.
    columns : tuple of sequence
        Cells: texts of a CSV, values of a Parquet file; None or an empty text is no sample.
    lines : list of str
        Lines of a CSV; empty for Parquet.
    """

    file: str
    names: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    lines: list[str]

    def problem(self, row: int, column: int, got: str, wanted: str, hint: str = "") -> Problem:
        """A mistake in a cell; row -1 is the header."""
        where = self.names[column] if 0 <= column < len(self.names) else ""
        if not self.lines:
            return Problem(got, wanted, self.file, where=f"{where}, row {row + 1}", hint=hint)
        line = self.lines[row + 1]
        cells = next(csv.reader([line], delimiter=_delimiter(self.lines[0])))
        start = sum(len(cell) + 1 for cell in cells[:column]) + 1
        width = len(cells[column]) if column < len(cells) else 1
        return Problem(got, wanted, self.file, row + 2, start, where, hint, line[:160], max(width, 1))


def read(path: Path) -> Table:
    """Read a table by the ending of its name: ``.csv`` or ``.parquet``.

    Raises
    ------
    InputError
        When it cannot be read at all.
    """
    how = _READERS.get(path.suffix.lower())
    if how is None:
        raise InputError(Problem(f"a file ending in '{path.suffix}'", ".csv or .parquet", str(path)))
    try:
        if not path.is_file():
            raise InputError(Problem("no such file", "a table of recorded values", str(path)))
        if path.stat().st_size > MOST_BYTES:
            raise InputError(Problem(f"{path.stat().st_size} bytes", f"at most {MOST_BYTES}", str(path)))
        return how(path)
    except OSError as error:
        raise InputError(Problem(error.strerror or "no file", "a readable table", str(path))) from None


def _delimiter(header: str) -> str:
    return ";" if ";" in header and "," not in header else ","


def _csv(path: Path) -> Table:
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(
            Problem(f"a byte at {error.start} that is not UTF-8", "UTF-8 text", str(path))
        ) from None
    if not any(line.strip() for line in lines):
        raise InputError(Problem("an empty file", "a header and rows", str(path)))
    rows = list(csv.reader(lines, delimiter=_delimiter(lines[0])))
    names = tuple(cell.strip() for cell in rows[0])
    short = [k for k, row in enumerate(rows[1:]) if len(row) != len(names)]
    table = Table(str(path), names, (), lines)
    if short:
        wanted = f"{len(names)} cells, as in the header"
        told = (table.problem(k, 0, f"{len(rows[k + 1])} cells", wanted) for k in short)
        raise InputError(*few(told, str(path)))
    columns = tuple(zip(*rows[1:], strict=True)) or ((),) * len(names)
    return Table(str(path), names, columns, lines)


def _parquet(path: Path) -> Table:
    found = parquet.cells(path)
    return Table(str(path), tuple(name for name, _ in found), tuple(column for _, column in found), [])


_READERS: dict[str, Callable[[Path], Table]] = {".csv": _csv, ".parquet": _parquet}


def few(problems: Iterator[Problem], file: str) -> list[Problem]:
    """The first problems, and how many more there are."""
    found = list(problems)
    if len(found) <= MOST_TOLD:
        return found
    more = Problem(f"{len(found) - MOST_TOLD} more mistakes of this kind", "none", file)
    return [*found[:MOST_TOLD], more]

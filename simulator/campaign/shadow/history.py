"""Recorded values by signal, in the plant's units, with the time of each sample."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.shadow.table import Table, few
from simulator.core.errors import InputError, Problem
from simulator.core.traces import Signal
from simulator.core.units import UnitError, convert, known_units
from simulator.scenario.hints import did_you_mean, shown

_HEAD = re.compile(r"\s*([^\[\]]+?)\s*(?:\[\s*([^\[\]]*?)\s*\])?\s*\Z")
_TIMES = ("time", "timestamp")


@dataclass(frozen=True)
class Series:
    """Samples of one signal: times [ms] from the first stamp of the file, and values; NaN is a bad one."""

    times: NDArray[np.int64]
    values: NDArray[np.float64]

    @property
    def interval(self) -> int:
        """Median time between samples [ms]; 0 with fewer than two."""
        return int(np.median(np.diff(self.times))) if len(self.times) > 1 else 0


@dataclass(frozen=True)
class History:
    """A file of recorded data.

    Attributes
    ----------
    series : mapping of str to Series
        By signal.
    start : str
        Time of the first stamp, as the file says.
    length : int
        From the first stamp to the last [ms].
    ignored : tuple of str
        Columns that are no signal of the plant.
    """

    series: Mapping[str, Series]
    start: str
    length: int
    ignored: tuple[str, ...]


def history(table: Table, signals: Mapping[str, Signal], needed: frozenset[str]) -> History:
    """Understand a table.

    Parameters
    ----------
    table : Table
        As it was read.
    signals : mapping of str to Signal
        What the plant may have recorded, with units and states.
    needed : frozenset of str
        Signals without which nothing can be said.

    Raises
    ------
    InputError
        With everything that is wrong: header, times, and cells.
    """
    heads = [_head(name) for name in table.names]
    problems = list(_wrong_heads(table, heads, signals, needed))
    place = next((k for k, (name, _) in enumerate(heads) if name.lower() in _TIMES), None)
    times = None
    if place is None:
        hint = "ISO 8601 stamps, or 'time [s]'"
        problems.append(table.problem(-1, 0, "no column of times", "a column 'time'", hint))
    elif not table.columns[place]:
        problems.append(Problem("a header without rows", "recorded rows", table.file))
    else:
        times, wrong = _times(table, place, heads[place][1])
        problems += wrong
    values = {}
    for k, (name, unit) in enumerate(heads):
        if name in signals:
            fitting = unit if _fits(unit, signals[name]) else signals[name].unit
            values[name], wrong = _values(table, k, fitting, signals[name])
            problems += wrong
    if problems or times is None or place is None:
        raise InputError(*problems)
    series = {name: _sampled(times, column) for name, column in values.items()}
    ignored = tuple(name for name, _ in heads if name not in signals and name.lower() not in _TIMES)
    start = str(table.columns[place][0])
    return History(series, start, int(times[-1] - times[0]), ignored)


def _head(text: str) -> tuple[str, str | None]:
    found = _HEAD.match(text)
    return (found[1], found[2]) if found else (text, None)


def _fits(unit: str | None, signal: Signal) -> bool:
    if not signal.unit:
        return True
    try:
        convert(0.0, unit or "", signal.unit)
    except UnitError:
        return False
    return True


def _wrong_heads(
    table: Table, heads: list[tuple[str, str | None]], signals: Mapping[str, Signal], needed: frozenset[str]
) -> Iterator[Problem]:
    names = [name for name, _ in heads]
    for k, (name, unit) in enumerate(heads):
        if name in names[:k]:
            yield table.problem(-1, k, f"the column {name!r} twice", "each column once")
        elif name in signals and not _fits(unit, signals[name]):
            wanted = f"a unit that fits {signals[name].unit}, such as '{name} [{signals[name].unit}]'"
            got = f"the unit {shown(unit)}" if unit else "a column without a unit"
            yield table.problem(-1, k, got, wanted, did_you_mean(unit, known_units()).partition("   (")[0])
    for name in sorted(needed - set(names)):
        hint = did_you_mean(name, names).partition("   (known")[0]
        unit = signals[name].unit
        yield table.problem(-1, 0, "no such column", f"'{name}{f' [{unit}]' if unit else ''}'", hint)


def _times(table: Table, k: int, unit: str | None) -> tuple[NDArray[np.int64], list[Problem]]:
    cells, found, wrong = table.columns[k], [], []
    for row, cell in enumerate(cells):
        at = _time(cell, unit)
        if at is None:
            wanted = f"a number of {unit}" if unit else "a time such as 2026-03-01T06:00:00Z"
            wrong.append(table.problem(row, k, shown(cell), wanted))
        found.append(at)
    if wrong:
        return np.zeros(0, np.int64), few(iter(wrong), table.file)
    zoned = {isinstance(at, tuple) and at[1] for at in found}
    if len(zoned) > 1:
        got = "times with and without a time zone"
        return np.zeros(0, np.int64), [table.problem(0, k, got, "one of the two")]
    times = np.array([at[0] if isinstance(at, tuple) else at for at in found], np.int64)
    return times - times[0], few(_not_ascending(table, k, times), table.file)


def _time(cell: Any, unit: str | None) -> tuple[int, bool] | int | None:
    """A time [ms]; with stamps also whether a zone is told."""
    if unit:
        try:
            exact = convert(float(cell), unit, "ms")
            return round(exact) if math.isfinite(exact) else None
        except (ValueError, TypeError):
            return None
    try:
        stamp = cell if isinstance(cell, datetime) else datetime.fromisoformat(str(cell).strip())
    except ValueError:
        return None
    zoned = stamp.tzinfo is not None
    moment = stamp if zoned else stamp.replace(tzinfo=UTC)  # taken as it stands: no zone is guessed
    return round(moment.timestamp() * 1000), zoned


def _not_ascending(table: Table, k: int, times: NDArray[np.int64]) -> Iterator[Problem]:
    for row in (int(k) + 1 for k in np.flatnonzero(np.diff(times) <= 0)):
        same = times[row] == times[row - 1]
        got = f"{shown(str(table.columns[k][row]))}, " + (
            "as the row before" if same else "before the row above"
        )
        yield table.problem(row, k, got, "times that ascend, each once")


def _values(
    table: Table, k: int, unit: str | None, signal: Signal
) -> tuple[list[float | None], list[Problem]]:
    found: list[float | None] = []
    wrong = []
    for row, cell in enumerate(table.columns[k]):
        text = cell.strip() if isinstance(cell, str) else cell
        if text is None or text == "":
            found.append(None)
            continue
        value = _state(text, signal) if signal.states else _number(text, unit, signal)
        if value is None:
            wanted = f"one of {', '.join(signal.states)}" if signal.states else "a number, or an empty cell"
            wrong.append(table.problem(row, k, shown(cell), wanted))
        found.append(value)
    return found, few(iter(wrong), table.file)


def _state(text: Any, signal: Signal) -> float | None:
    number = signal.states.get(str(text).upper())
    return None if number is None else float(number)


def _number(text: Any, unit: str | None, signal: Signal) -> float | None:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return (
        convert(number, unit or signal.unit or "1", signal.unit or "1") if math.isfinite(number) else math.nan
    )


def _sampled(times: NDArray[np.int64], column: list[float | None]) -> Series:
    there = np.array([value is not None for value in column], bool)
    values = np.array([value for value in column if value is not None], float)
    return Series(times[there], values)

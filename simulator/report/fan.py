"""All replicas against the limit: quantiles of the value nearest to it, stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.assess.marks import FAN
from simulator.report.folder import Folder
from simulator.report.observed import column

Reals = NDArray[np.float64]
SHARES = (0.0, 0.05, 0.5, 0.95, 1.0)


@dataclass(frozen=True)
class Range:
    """When a layer acted, over all replicas: least, middle and last time, and in how many."""

    first: float
    middle: float
    last: float
    n: int


@dataclass(frozen=True)
class Fan:
    """Quantiles of all replicas.

    Attributes
    ----------
    edges : ndarray, shape (n_stretches + 1,)
        Time from the onset, or from the start [s].
    bands : ndarray, shape (5, n_stretches)
        Least, 5 %, middle, 95 % and greatest of the replicas' values nearest to the limit.
    n : int
        Replicas.
    acted : mapping of str to Range
        ``AI shed``, and every safety function that tripped.
    """

    edges: Reals
    bands: Reals
    n: int
    acted: Mapping[str, Range]

    @property
    def last(self) -> float:
        """When the last thing happens that a reader must see [s]."""
        worst = self.edges[1:][int(np.argmax(np.abs(self.bands - self.bands[:, :1]).max(axis=0)))]
        return float(max([worst, *(one.last for one in self.acted.values())]))


def fan(folder: Folder, scenario: str, limit: str, duration: float) -> Fan | None:
    """The fan of a scenario and safety limit; None when the rows do not have it.

    Stretches that are not in the record of every replica are left out.
    """
    values = _values(folder, scenario, limit)
    if values is None:
        return None
    whole = np.asarray(np.isfinite(values).all(axis=1))
    if not whole.any():
        return None
    first = int(whole.argmax())
    ends = np.flatnonzero(~whole[first:])
    last = first + int(ends[0]) if len(ends) else len(whole)
    edges = np.array(FAN[first : last + 1]) * duration
    bands = np.quantile(values[first:last], SHARES, axis=1)
    return Fan(edges, bands, values.shape[1], dict(_acted(folder, scenario)))


def _values(folder: Folder, scenario: str, limit: str) -> Reals | None:
    """Shape (n_stretches, n_replicas)."""
    found = [column(folder, scenario, f"fan.{limit}.{k:02d}") for k in range(len(FAN) - 1)]
    known = [one for one in found if one is not None]
    return np.array(known) if len(known) == len(found) and len(known[0]) else None


def _acted(folder: Folder, scenario: str) -> Iterator[tuple[str, Range]]:
    onset = column(folder, scenario, "at.onset")
    begins = np.nan_to_num(onset) if onset is not None else 0.0
    for name in folder.rows(scenario):
        if name == "at.shed" or name.startswith("at.trip."):
            times = column(folder, scenario, name)
            since = (times if times is not None else np.zeros(0)) - begins
            since = since[np.isfinite(since)]
            if len(since):
                told = "AI shed" if name == "at.shed" else name.removeprefix("at.trip.")
                yield told, Range(float(since.min()), float(np.median(since)), float(since.max()), len(since))

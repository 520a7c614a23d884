"""The drift monitors of commissioned plants: how seldom they alarm for nothing, how late for something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from simulator.assess.cusum import limit_for, two_sided
from simulator.report.commissioned import commissioned
from simulator.report.folder import Folder
from simulator.report.shown import number

Data = Mapping[str, Any]
HOUR = 3_600_000.0


@dataclass(frozen=True)
class Monitored:
    """One monitored signal of one variant of the AI.

    Attributes
    ----------
    period : float
        Time between samples [h].
    slack, limit : float
        k and h [sigma].
    inflation : float
        Factor on the limit of white samples, for what the autoregression leaves.
    asked, alarms : float
        Samples between false alarms for which it is set, and alarms seen where it was measured.
    tried, got : float
        Samples between alarms that were asked for, and seen, in days that could be simulated.
    sigma, lasting : float
        Standard deviation of the whitened residual, and the lasting shift of the signal that moves it by
        one, in the units of the tags.
    """

    plant: str
    variant: str
    signal: str
    period: float
    slack: float
    limit: float
    inflation: float
    asked: float
    tried: float
    got: float
    alarms: float
    sigma: float
    lasting: float

    @property
    def name(self) -> str:
        """As curves and rows say it."""
        return f"{self.signal.replace('_', ' ')}, {self.variant}"

    def delay(self, shift: float, limit: float | None = None) -> float:
        """Mean time until a lasting shift is alarmed [h]; at the set limit where none is given."""
        return self.period * two_sided(limit or self.limit, shift, self.slack)

    def limit_at(self, hours: float) -> float:
        """Limit [sigma] with so much time between false alarms [h]."""
        return self.inflation * limit_for(hours / self.period, self.slack)

    @property
    def spread(self) -> tuple[float, float]:
        """Ends of the measured time between alarms [h], 95 %, by the count of alarms."""
        rough = 1.96 / sqrt(max(self.alarms, 1.0))
        return self.got * self.period / (1.0 + rough), self.got * self.period / max(1.0 - rough, 0.1)


def monitors(folder: Folder) -> list[Monitored]:
    """Every monitored signal of every plant that has a commissioning file."""
    return [
        one for key, plant in folder.resolved.get("plants", {}).items() for one in _of(folder, key, plant)
    ]


def _of(folder: Folder, key: str, plant: Data) -> Iterator[Monitored]:
    period = (plant.get("monitor") or {}).get("period", 0) / HOUR
    for variant, about in commissioned(folder, plant).get("variants", {}).items() if period else ():
        for signal, one in about.get("monitor", {}).items():
            seen = one["measured"]
            yield Monitored(
                key, variant, signal, period, one["slack"], one["limit"], seen["inflation"],
                seen["samples_between_alarms"], seen["asked"], seen["got"], seen["alarms"], one["sigma"],
                one["sigma"] / max(1.0 - sum(one["memory"]), 1e-9),
            )  # fmt: skip


def lines(folder: Folder) -> list[dict[str, str]]:
    """A row per signal."""
    return [_line(one) for one in monitors(folder)]


def _line(one: Monitored) -> dict[str, str]:
    low, high = one.spread
    return {
        "plant": one.plant, "name": one.name,
        "limit": f"k = {one.slack:g}, h = {number(one.limit)}",
        "set": number(one.asked * one.period, "h"),
        "measured": f"{number(one.got * one.period)} h ({number(low)} to {number(high)}) for "
                    f"{number(one.tried * one.period)} h asked, {one.alarms:.0f} alarms",
        "delay": ", ".join(number(60.0 * one.delay(shift)) for shift in SHIFTS) + " min",
        "sigma": number(one.lasting),
    }  # fmt: skip


SHIFTS = (0.75, 1.0, 2.0)
"""Lasting shifts that the table names [sigma]."""

"""Real time: when each scan is due, how late it came, and whether the run may be relied on."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.core.clock import SECOND, Tick


@dataclass
class Lateness:
    """The ledger of a run that is paced by a clock.

    A scan misses its deadline when it comes after the next one was due: what was read then is older
    than the PLC's period promises. A run that missed one has shown nothing about time.

    Attributes
    ----------
    scans, missed : int
        How many there were, and how many came too late.
    worst, total : float
        Greatest and summed lateness [s].
    """

    scans: int = 0
    missed: int = 0
    worst: float = 0.0
    total: float = 0.0

    def add(self, late: float, allowed: float) -> None:
        """One scan that came so late [s]."""
        late = max(late, 0.0)
        self.scans += 1
        self.missed += late > allowed
        self.worst, self.total = max(self.worst, late), self.total + late

    @property
    def kept(self) -> bool:
        """Whether there was a scan, and none missed its deadline."""
        return self.scans > 0 and self.missed == 0

    def __str__(self) -> str:
        mean = self.total / self.scans if self.scans else 0.0
        late = f"late by {1e3 * mean:.2f} ms on average, {1e3 * self.worst:.2f} ms at worst"
        return f"{self.scans} scans, {self.missed} missed their deadline; {late}"


@dataclass(frozen=True)
class Pace:
    """When scans are due.

    Attributes
    ----------
    begun : float
        When time 0 of the plant was, by the clock of the event loop [s].
    speed : float
        Seconds of the plant in a second of the clock.
    """

    begun: float
    speed: float

    def due(self, at: Tick) -> float:
        """When a time of the plant [ms] comes, by the clock [s]."""
        return self.begun + at / (SECOND * self.speed)

"""plant.yaml, what watches the AI's world: drift monitor, novelty, envelope and region of recovery."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.scenario.schema.fields import Name, Pair, Period, Positive, SomeNames, Strict


class Duty(Strict):
    """Heat that a flow carries, but for its heat capacity: flow times (warm - cold)."""

    flow: Name
    warm: Name
    cold: Name


class Explained(Strict):
    """A measurement or duty, and those that explain it while the plant is as it was.

    `by` are means over the sample; `changes` how much such a mean differs from the sample before: heat
    that is stored, and what a controller's rate action does about it.
    """

    explain: Name
    by: SomeNames
    changes: SomeNames = ()


class Monitor(Strict):
    """Drift monitor: sample time, mean time between false alarms (all signals), AR order, signals."""

    period: Period
    false_alarms: Period
    order: Positive = 6
    duties: dict[Name, Duty] = Field(default_factory=dict)
    signals: Annotated[dict[Name, Explained], Field(min_length=1)]


class Novelty(Strict):
    """Consecutive cycles of the AI outside, and mean time between false sheds."""

    cycles: Positive = 3
    false_alarms: Period


class Recovery(Strict):
    """Where commissioning looks for states from which the fallback alone brings the plant back.

    `quantity` is sought from its middle outwards in `between`, for values of `against`; back means
    inside the operating envelope for `settled`, by the end of `within`.
    """

    quantity: Name
    between: Pair
    against: Annotated[dict[Name, Pair], Field(min_length=1, max_length=2)]
    within: Period
    settled: Period

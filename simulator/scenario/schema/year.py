"""What the questions of a suite stand for in a year: quiet time by phase, and how often each event comes."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import Field, PlainValidator, model_validator

from simulator.scenario.hints import shown
from simulator.scenario.schema.fields import Items, Name, Share, Strict, Text, refuse

MOST = 1000.0
"""What comes oftener than this in a year is no event but a part of the quiet time [1/yr]."""


def _frequency(value: Any) -> float:
    found = re.fullmatch(r"(\d+\.?\d*|\.\d+)([eE]-?\d+)? ?/yr", value) if isinstance(value, str) else None
    number = float((found[1] or "") + (found[2] or "")) if found else 0.0
    if not 0.0 < number <= MOST:
        refuse(shown(value), f"how often in a year, such as 0.1 /yr, and at most {MOST:g} /yr")
    return number


Frequency = Annotated[float, PlainValidator(_frequency)]
"""How often something comes [1/yr]."""


class Event(Strict):
    """An initiating event: the question that is put on condition that it has come, and how often it does."""

    of: Name
    event: Text
    frequency: Frequency


class Year(Strict):
    """A plant-year in questions; `source` says where its numbers come from and is printed beside every rate.

    `quiet` has the share of the year that each question without an event stands for; together a year.
    """

    source: Text
    quiet: Annotated[dict[Name, Share], Field(min_length=1)]
    events: Annotated[tuple[Event, ...], Items] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        whole = sum(self.quiet.values())
        if abs(whole - 1.0) > 1e-9:
            refuse(f"{100 * whole:g} %", "shares that are 100 % together", at=("quiet",))
        for name, share in self.quiet.items():
            if share == 0.0:
                refuse("0 %", "a share of the year", at=("quiet", name))
        return self

"""Parametric robustness: which verdicts are asked again on plants that are not as designed."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from simulator.scenario.hints import shown
from simulator.scenario.schema.fields import (
    Items,
    Name,
    Names,
    Period,
    Positive,
    SomeNames,
    Strict,
    refuse,
)

_WAYS = ("input", "lag", "stroke")


def _factor(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100:
        refuse(shown(value), "a factor above 0 and at most 100, such as 1.25")
    return float(value)


def _factors(value: tuple[float, ...]) -> tuple[float, ...]:
    for k, factor in enumerate(value):
        if factor == 1.0:
            refuse(shown(1), "a factor other than 1: that is the plant as designed", at=(k,))
        if factor in value[:k]:
            refuse(shown(factor), "each factor once", at=(k,))
    return value


def _all(value: Any) -> Any:
    if isinstance(value, str) and value != "all":
        refuse(shown(value), "all, or a list of names")
    return [] if value == "all" else value


Factor = Annotated[float, PlainValidator(_factor)]
AllOr = Annotated[Names, BeforeValidator(_all)]
"""Names; an empty list means all of them."""


class Parameter(Strict):
    """One way in which a plant may differ from its design: exactly one of `input`, `lag` and `stroke`.

    `factors` are multiplied onto an input of the physics, onto the time constants of transmitters,
    or onto the stroke times of final elements. Inside `tolerance` the plant is still the one that
    was specified.
    """

    input: Name | None = None
    lag: AllOr | None = None
    stroke: AllOr | None = None
    factors: Annotated[tuple[Factor, ...], Items, Field(min_length=1)]
    tolerance: Annotated[tuple[Factor, Factor], Items]

    @model_validator(mode="after")
    def _checked(self) -> Self:
        given = [way for way in _WAYS if getattr(self, way) is not None]
        if len(given) != 1:
            refuse(" and ".join(given) or "none of them", "exactly one of input, lag and stroke")
        _factors(self.factors)
        low, high = self.tolerance
        if not low <= 1.0 <= high:
            refuse(shown(list(self.tolerance)), "a band around 1, [lowest, highest]", at=("tolerance",))
        for k, end in enumerate(self.tolerance):
            if end not in (1.0, *self.factors):
                refuse(
                    shown(end), "1 or one of the factors: a band is swept to its ends", at=("tolerance", k)
                )
        return self

    @property
    def way(self) -> str:
        """What is scaled: ``input``, ``lag`` or ``stroke``."""
        return next(way for way in _WAYS if getattr(self, way) is not None)


class Robustness(Strict):
    """Hazard verdicts asked again; an empty `of` means every scenario that has one of `requirements`.

    A replica that violates one of `provided` was not put to the question and counts as no evidence.
    Of a question longer than `longest` only that much is run.
    """

    of: AllOr
    requirements: SomeNames
    provided: Names = ()
    replicas: Positive
    longest: Period | None = None
    parameters: Annotated[dict[Name, Parameter], Field(min_length=1)]

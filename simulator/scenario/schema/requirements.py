"""requirements.yaml: what an engineer signs."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simulator.scenario.schema.fields import Amount, Items, Name, Strict, Text, Version, refuse

_WAYS = ("formula", "compare", "design_check")


class Compare(Strict):
    """A metric against the same scenario without its AI; nothing else can be left out yet."""

    metric: Literal["cost_index"]
    without: Annotated[tuple[Literal["ai"], ...], Items, Field(min_length=1, max_length=1)]
    at_most: Amount


class Requirement(Strict):
    """A sentence, and exactly one way to judge it.

    With `information` no verdict is taken from it: its figures are shown, and it stays NOT ASSESSED.
    """

    code: Name
    clause: Text | None = None
    protects: Name | None = None
    text: Text
    about: Literal["detection"] | None = None
    if_unexercised: Literal["PASS"] | None = None
    information: Literal[True] | None = None
    formula: Text | None = None
    compare: Compare | None = None
    design_check: Literal["independence", "common_cause", "sif_response"] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [way for way in _WAYS if getattr(self, way) is not None]
        if len(given) != 1:
            refuse(" and ".join(given) or "none of them", "exactly one of formula, compare and design_check")
        return self


class Requirements(Strict):
    """The whole file."""

    schema_: Version = Field(alias="schema")
    plant: Name
    requirements: Annotated[dict[Name, Requirement], Field(min_length=1)]

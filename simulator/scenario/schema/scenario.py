"""A scenario: one question, asked of one plant with given threats and operator."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from simulator.scenario.hints import did_you_mean, shown
from simulator.scenario.schema.fields import (
    Count,
    Dist,
    Durations,
    Items,
    Name,
    Pair,
    Period,
    SomeNames,
    Strict,
    Text,
    Version,
    refuse,
)
from simulator.scenario.schema.phases import PhaseName
from simulator.threats import WIRED_TAPS

NO_AI = "none"


class Threat(Strict):
    """One threat; keys that belong to its kind are kept in `parameters`."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, arbitrary_types_allowed=True)
    __pydantic_extra__: dict[str, Dist] = Field(init=False)

    name: Name
    kind: Name
    tap: Name
    target: Name | None = None
    onset: Durations
    lasts: Durations | None = None
    levels: Annotated[tuple[Dist, ...], Items] = ()
    search: dict[Name, Pair] = Field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the file gives for the kind's own parameters, as distributions; levels as ``levels.0`` on."""
        return {**(self.__pydantic_extra__ or {}), **{f"levels.{k}": v for k, v in enumerate(self.levels)}}


Action = Literal["override", "rearm", "reset", "start", "run", "load", "shutdown"]


class Order(Strict):
    """Something an operator does at a time, again every so often when `every` is given."""

    do: Action
    at: Durations
    every: Period | None = None


class Desk(Strict):
    """An operator: how long until he reacts, to which alarm with what, and what he does at a time."""

    reaction: Durations | None = None
    acts_on: dict[Name, Action] = Field(default_factory=dict)
    orders: Annotated[tuple[Order, ...], Items] = ()

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.acts_on and not self.orders:
            refuse("an operator who does nothing", "acts_on, orders, or 'operator: none'")
        if self.acts_on and self.reaction is None:
            refuse("nothing", "the key 'reaction': how long until he acts on an alarm")
        return self


def _desk(value: Any) -> Any:
    if isinstance(value, str) and value != "none":
        refuse(
            shown(value),
            "none, or a mapping with reaction and acts_on, or orders",
            did_you_mean(value, ("none",)),
        )
    return None if value == "none" else value


def _start(value: Any) -> Any:
    if isinstance(value, str) and value != "nominal":
        refuse(shown(value), "nominal, or a mapping of states", did_you_mean(value, ("nominal",)))
    return {} if value == "nominal" else value


class Drawn(Strict):
    """Whose draws a scenario has: those of another question, from one of its replicas on."""

    of: Name
    first: Count = 0


class Scenario(Strict):
    """The whole file; `ai` names a variant of the plant's AI, the plant's first when absent.

    With ``ai: none`` the fallback has the loops from the start. A counterexample names in `draws` the
    question in whose noise it was found.
    """

    schema_: Version = Field(alias="schema")
    id: Name
    question: Text
    plant: Text
    ai: Name | None = None
    duration: Period
    draws: Drawn | None = None
    phase: PhaseName = "RUN"
    start: Annotated[dict[Name, Dist], BeforeValidator(_start)] = Field(default_factory=dict)
    threats: Annotated[tuple[Threat, ...], Items] = ()
    operator: Annotated[Desk | None, BeforeValidator(_desk)] = None
    requirements: SomeNames

    @property
    def fallback_only(self) -> bool:
        """Whether no AI acts."""
        return self.ai == NO_AI

    @property
    def wired(self) -> bool:
        """Whether something acts on real connections, which only an AI behind Modbus TCP has."""
        return any(threat.tap in WIRED_TAPS for threat in self.threats)

    @property
    def variant(self) -> str | None:
        """The variant of the AI that is named; None for the plant's first."""
        return None if self.fallback_only else self.ai

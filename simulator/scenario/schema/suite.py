"""A suite: which questions, against which plant, within which budget."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from simulator.scenario.hints import shown
from simulator.scenario.schema.fields import (
    Bytes,
    Count,
    Items,
    Name,
    Names,
    Period,
    Positive,
    SomeNames,
    Strict,
    Text,
    Version,
    refuse,
)
from simulator.scenario.schema.phases import PhaseName
from simulator.scenario.schema.robustness import Robustness
from simulator.scenario.schema.year import Year


class CatalogueVersions(Strict):
    """Versions of the technique lists; texts, as 19.10 is not 19.1."""

    attack_ics: Annotated[tuple[Text, ...], Items, Field(min_length=1)]
    atlas: Text


_AXES = ("phase", "ai", "plant", "input")


class Cross(Strict):
    """Questions asked once more: in other phases, with other variants of the AI, or on other plants.

    With `input` a question whose threat lies about one input of the AI is asked about others, which may be
    those of other variants.
    `requirements`, when given, replaces those of the file; `why` is printed beside what came of it.
    """

    of: SomeNames
    phase: Annotated[tuple[PhaseName, ...], Items] = ()
    ai: Names = ()
    plant: Annotated[tuple[Text, ...], Items] = ()
    input: Names = ()
    requirements: Names = ()
    why: Text | None = None

    @model_validator(mode="after")
    def _one_axis(self) -> Self:
        given = self.axes
        if len(given) != 1 and given != ["ai", "input"]:
            wanted = "exactly one of phase, ai, plant and input, or ai and input"
            refuse(" and ".join(given) or "none of them", wanted)
        return self

    @property
    def axes(self) -> list[str]:
        """What is crossed with, in this order."""
        return [axis for axis in _AXES if getattr(self, axis)]


class NullInjection(Strict):
    """Injectors at zero must leave no trace."""

    id: Name
    of: SomeNames


def _all(value: Any) -> Any:
    if isinstance(value, str) and value != "all":
        refuse(shown(value), "all, or a list of scenario ids")
    return [] if value == "all" else value


class Repeat(Strict):
    """The same run twice must be equal; an empty `of` means every scenario."""

    id: Name
    of: Annotated[Names, BeforeValidator(_all)]
    replicas: Positive


class Mutants(Strict):
    """Layers taken out or broken, each with the scenario that must notice."""

    id: Name
    replicas: Positive
    longest: Period | None = None
    remove: dict[Name, Name] = Field(default_factory=dict)
    break_: dict[Name, Name] = Field(default_factory=dict, alias="break")


class Controls(Strict):
    """The suite judged."""

    null_injection: NullInjection | None = None
    repeat: Repeat | None = None
    mutants: Mutants | None = None


class KeptTraces(Strict):
    """How many replicas' traces are kept, by why."""

    worst: Count
    failed: Count
    random: Count


class Kept(Strict):
    """What is recorded."""

    traces: KeptTraces
    rows: Literal["all"]


class Budget(Strict):
    """Wall time [ms] and sizes [bytes] that the run may take."""

    wall: Period
    memory_per_worker: Bytes
    disk: Bytes


class Suite(Strict):
    """The whole file; paths are relative to it.

    With ``transport: tcp`` the AI is behind Modbus TCP unless the command line says otherwise.
    """

    schema_: Version = Field(alias="schema")
    suite: Name
    plant: Text
    requirements: Text
    criteria: Text
    catalogue: CatalogueVersions
    transport: Literal["process", "tcp"] = "process"
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)]
    scenarios: Annotated[tuple[Text, ...], Items, Field(min_length=1)]
    cross: Annotated[tuple[Cross, ...], Items] = ()
    design_checks: Names = ()
    out_of_scope: dict[Name, Text] = Field(default_factory=dict)
    controls: Controls = Controls()
    robustness: Robustness | None = None
    year: Year | None = None
    record: Kept
    budget: Budget

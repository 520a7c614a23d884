"""criteria.yaml: how much evidence is enough."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.schema.fields import Amount, Count, Items, Name, Positive, Share, Strict, Version

Grade = Literal["A", "B", "C"]
Overall = Literal["VOID", "NO-GO", "NOT READY", "GO WITH CONDITIONS", "GO"]
Condition = Literal[
    "mutant survived",
    "control failed",
    "A FAIL",
    "A INCONCLUSIVE",
    "A NOT ASSESSED",
    "B FAIL",
    "B INCONCLUSIVE",
    "B NOT ASSESSED",
    "C FAIL",
    "C INCONCLUSIVE",
    "C NOT ASSESSED",
    "otherwise",
]


class Plan(Strict):
    """A fixed sample size; `runs` replicas are run so that `replicas` of them exercise the question."""

    replicas: Positive
    runs: Positive | None = None
    failures_allowed: Count


class Code(Strict):
    """Plan of a requirement's code, and class of the punch item when it fails."""

    plan: Name
    grade: Grade = Field(alias="class")


class Override(Strict):
    """Another plan for a whole scenario."""

    plan: Name


class Margins(Strict):
    """Margins below which a pass is printed with a warning."""

    warn_below: dict[Name, Amount] = Field(default_factory=dict)


class Response(Strict):
    """Share of the time from trip point to safety limit that a safety function may use."""

    from_: Literal["trip_point"] = Field(alias="from")
    to: Literal["safe_state"]
    at_most: Share


Rule = Annotated[dict[Overall, Annotated[tuple[Condition, ...], Items]], Field(min_length=1, max_length=1)]


class Criteria(Strict):
    """The whole file; `verdict` is read from the top, the first entry that holds counts."""

    schema_: Version = Field(alias="schema")
    plant: Name
    confidence: Share
    plans: Annotated[dict[Name, Plan], Field(min_length=1)]
    codes: Annotated[dict[Name, Code], Field(min_length=1)]
    overrides: dict[Name, Override] = Field(default_factory=dict)
    margins: Margins = Margins()
    response: Response
    verdict: Annotated[tuple[Rule, ...], Items, Field(min_length=1)]

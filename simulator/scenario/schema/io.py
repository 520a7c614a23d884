"""io.yaml: how a policy of the user's own is wired to a plant, when it replaces that of the plant file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.schema.fields import Items, Name, Period, Positive, Strict, Text, Version
from simulator.scenario.schema.plant import Ai, AiInput, AiOutput


class Io(Strict):
    """The whole file.

    The features of a row are `inputs`, scaled, for `history` cycles: in the `order` of time that is said,
    and grouped by cycle (all tags of one, then of the next) or by tag. A policy whose input has three
    dimensions is given ``[n, history, tags]``, or ``[n, tags, history]`` when grouped by tag.
    """

    schema_: Version = Field(alias="schema")
    title: Text | None = None
    mode: Literal["RCAS", "ROUT"]
    inputs: Annotated[tuple[AiInput, ...], Items, Field(min_length=1)]
    history: Positive = 1
    order: Literal["newest first", "oldest first"] = "newest first"
    grouped_by: Literal["cycle", "tag"] = "cycle"
    cycle: Period | None = None
    outputs: Annotated[dict[Name, AiOutput], Field(min_length=1)]

    def ai(self, model: str) -> Ai:
        """The variant of the AI that these wires and the file `model` are."""
        parts = {name: getattr(self, name) for name in type(self).model_fields if name in Ai.model_fields}
        return Ai.model_construct(model=model, **parts)

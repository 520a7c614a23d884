"""commissioning.json: what ``plantproof commission`` measured on one plant, and what it belongs to."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

Numbers = tuple[float, ...]


class _Strict(BaseModel):
    """Known keys, numbers that are numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Digests(_Strict):
    """SHA-256 of what the file belongs to: keys of the plant file, physics sources, policies."""

    plant: dict[str, str]
    physics: dict[str, str]
    policies: dict[str, str]


class PlaneModel(_Strict):
    """Normal operation of an AI's inputs: ``z = (value - centre) / scale``, axes, limits."""

    tags: tuple[str, ...]
    centre: Numbers
    scale: Numbers
    axes: tuple[Numbers, ...]
    variances: Numbers
    t2: float
    spe: float
    measured: dict[str, float]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        widths = {len(self.centre), len(self.scale), *(len(axis) for axis in self.axes)}
        positive = (*self.scale, *self.variances, self.t2, self.spe)
        if widths != {len(self.tags)} or len(self.axes) != len(self.variances) or min(positive) <= 0:
            raise ValueError("a plane of the right shape, with widths above zero")
        return self


class DriftModel(_Strict):
    """One monitored signal: regression, autoregression, CUSUM."""

    explain: str
    by: tuple[str, ...]
    changes: tuple[str, ...]
    intercept: float
    slopes: Numbers
    memory: Numbers
    sigma: float
    slack: float
    limit: float
    measured: dict[str, float]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        terms = len(self.by) + len(self.changes)
        if terms != len(self.slopes) or min(self.sigma, self.slack, self.limit) <= 0:
            raise ValueError("a regression of the right shape, with a spread and limits above zero")
        return self


class Variant(_Strict):
    """What was fitted for one variant of the AI."""

    novelty: PlaneModel | None = None
    monitor: dict[str, DriftModel] = {}


class Commissioning(_Strict):
    """The whole file; what guards need is typed, what only reports need is plain data."""

    format: Literal[1]
    plant: str
    plantproof: str
    seed: int
    sizes: dict[str, int | float]
    digests: Digests
    variants: dict[str, Variant]
    envelope: dict[str, Any]
    region: dict[str, Any]
    safety_times: list[dict[str, Any]]
    proposals: list[dict[str, Any]]
    findings: list[str]


def parsed(content: str | bytes) -> Commissioning:
    """The file from its text; raises `ValueError` with the first thing that does not fit."""
    try:
        return Commissioning.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ValueError(f"'{place}': {first['msg']}" if place else first["msg"]) from None

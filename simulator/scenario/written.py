"""A scenario as the file that says it: what a search has found joins a suite like any other question."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.scenario.plain import plain
from simulator.scenario.schema.scenario import Desk, Scenario, Threat


def written(spec: Scenario, comments: tuple[str, ...] = ()) -> str:
    """Text of a scenario file; reading it gives the same scenario, to the last bit.

    Parameters
    ----------
    spec : Scenario
        The scenario.
    comments : tuple of str
        Lines for its head.
    """
    data: dict[str, Any] = {"schema": 1, "id": spec.id, "question": spec.question, "plant": spec.plant}
    data |= {"ai": spec.ai} if spec.ai else {}
    data |= {"duration": f"{spec.duration} ms"}
    data |= {"draws": {"of": spec.draws.of, "first": spec.draws.first}} if spec.draws else {}
    data |= {"phase": spec.phase} if spec.phase != "RUN" else {}
    data |= {"start": plain(spec.start) or "nominal", "threats": [_threat(one) for one in spec.threats]}
    data |= {"operator": _desk(spec.operator), "requirements": list(spec.requirements)}
    lines = [f"# {line}" for line in comments] + [line for key in data for line in _entry(key, data[key])]
    return "\n".join(lines) + "\n"


def _threat(threat: Threat) -> dict[str, Any]:
    told = {key: getattr(threat, key) for key in ("name", "kind", "tap", "target")}
    told |= {"onset": plain(threat.onset), "lasts": plain(threat.lasts)}
    extra = {key: plain(value) for key, value in (threat.__pydantic_extra__ or {}).items()}
    many = {"levels": [plain(level) for level in threat.levels]} if threat.levels else {}
    search = {key: [str(end) for end in ends] for key, ends in threat.search.items()}
    told |= extra | many | ({"search": search} if search else {})
    return {key: value for key, value in told.items() if value is not None}


def _desk(desk: Desk | None) -> Any:
    if desk is None:
        return "none"
    told: dict[str, Any] = {"reaction": plain(desk.reaction), "acts_on": dict(desk.acts_on)}
    told["orders"] = [
        {"do": order.do, "at": plain(order.at)} | ({"every": f"{order.every} ms"} if order.every else {})
        for order in desk.orders
    ]
    return {key: value for key, value in told.items() if value}


def _entry(key: str, value: Any, indent: str = "") -> Iterator[str]:
    """Lines of one key: mappings in lists as blocks, everything else in one line."""
    blocks = isinstance(value, list) and value and all(isinstance(part, Mapping) for part in value)
    if not blocks:
        yield f"{indent}{key}: {_flow(value)}"
        return
    yield f"{indent}{key}:"
    for part in value:
        for k, (name, of) in enumerate(part.items()):
            yield f"{indent}  {'-' if k == 0 else ' '} {name}: {_flow(of)}"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    if not isinstance(value, str) or re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", value):
        return str(value)  # a plain number, of what has no unit
    return json.dumps(value, ensure_ascii=False)

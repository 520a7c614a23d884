"""Checks a source against a model, and tells every mistake with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from simulator.core.errors import InputError, Problem
from simulator.scenario.hints import did_you_mean, shown
from simulator.scenario.place import Way
from simulator.scenario.source import Source

M = TypeVar("M", bound=BaseModel)
_WANTED = {
    "model_type": "a mapping (key: value)",
    "dict_type": "a mapping (key: value)",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "float_type": "a number",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "string_pattern_mismatch": "a text like {pattern}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
}


def check(source: Source, model: type[M]) -> M:
    """The file as a model; raises `InputError` with everything that does not fit."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        problems = [_problem(source, model, item) for item in error.errors(include_url=False)]
        raise InputError(*problems) from None


def _problem(source: Source, model: type[BaseModel], item: Any) -> Problem:
    context = item.get("ctx") or {}
    way: Way = (*item["loc"], *context.get("at", ()))
    key = bool(way) and way[-1] == "[key]"
    way = way[:-1] if key else way
    kind, value = item["type"], item["input"]
    if kind == "refused":
        return source.problem(way, context["got"], context["wanted"], context["hint"], key)
    if kind == "missing":
        return source.problem(way[:-1], "nothing", f"the key '{way[-1]}'", key=True)
    if kind == "extra_forbidden":
        known = _keys(model, way[:-1])
        return source.problem(way, f"the key '{way[-1]}'", "a known key", did_you_mean(way[-1], known), True)
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(context["expected"])) or [str(context["expected"])]
        return source.problem(way, shown(value), _one_of(allowed), _near(value, allowed), key)
    wanted = _WANTED.get(kind, item["msg"]).format(**context)
    return source.problem(way, shown(value), wanted, key=key)


def _one_of(allowed: list[str]) -> str:
    return allowed[0] if len(allowed) == 1 else f"one of {', '.join(allowed)}"


def _near(value: Any, allowed: list[str]) -> str:
    return did_you_mean(value, allowed).partition("   (known")[0] if len(allowed) > 1 else ""


def _keys(model: type[BaseModel], way: Way) -> list[str]:
    """Keys of the mapping at a way, as a file writes them."""
    found: Any = model
    for step in way:
        found = _step(found, step)
    return [f.alias or name for name, f in found.model_fields.items()] if _is_model(found) else []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _step(kind: Any, step: str | int) -> Any:
    """The type one step inside a type."""
    if _is_model(kind):
        named = {f.alias or name: f.annotation for name, f in kind.model_fields.items()}
        return _bare(named.get(str(step)))
    inner = get_args(kind)
    return _bare(inner[1] if get_origin(kind) is dict else inner[0]) if inner else None


def _bare(kind: Any) -> Any:
    """A type without Annotated and without None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    options = [_bare(option) for option in _options(kind)]
    return options[0] if options else kind


def _options(kind: Any) -> Iterator[Any]:
    if get_origin(kind) in (dict, tuple, list) or not get_args(kind):
        return
    yield from (option for option in get_args(kind) if option is not type(None))

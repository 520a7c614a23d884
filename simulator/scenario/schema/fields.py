"""Field types of the files: names, quantities, durations, distributions, and how each is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from simulator.core.clock import Tick
from simulator.core.quantity import Choice, Distribution, Fixed, LogNormal, Normal, Quantity, Uniform
from simulator.core.units import UnitError, known_units
from simulator.scenario.hints import did_you_mean, shown

LONGEST: Tick = 10 * 365 * 86_400_000
"""No duration in a file is longer than ten years [ms]."""


class Strict(BaseModel):
    """A mapping with known keys only, whose values are what they say."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)

    def written(self) -> dict[str, Any]:
        """Its values by the keys that a file uses."""
        return {f.alias or name: getattr(self, name) for name, f in type(self).model_fields.items()}


def refuse(got: str, wanted: str, hint: str = "", at: tuple[str | int, ...] = ()) -> NoReturn:
    """Refuse a value; `at` is the way from the value to the part that is wrong."""
    raise PydanticCustomError("refused", "{wanted}", {"got": got, "wanted": wanted, "hint": hint, "at": at})


def _quantity(value: Any, wanted: str, at: tuple[str | int, ...] = ()) -> Quantity:
    if not isinstance(value, str):
        refuse(shown(value), wanted, at=at)
    try:
        return Quantity.parse(value)
    except UnitError as error:
        unknown = re.search(r"unknown unit '(.*)'", str(error))
        if unknown:
            refuse(f"unit {shown(unknown[1])}", wanted, did_you_mean(unknown[1], known_units()), at)
        refuse(shown(value), wanted, at=at)


def _any(value: Any) -> Quantity:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else 60
    return _quantity(value, f"a quantity with its unit, such as {number} K")


def _plain(value: Any, at: tuple[str | int, ...] = ()) -> Quantity:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Quantity(float(value))
    return _quantity(value, "a quantity with its unit, such as 60 K", at)


def _in(unit: str, wanted: str) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        try:
            return _quantity(value, wanted).to(unit)
        except UnitError:
            refuse(shown(value), wanted)

    return check


def _duration(value: Any) -> Tick:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else 60
    exact = _in("ms", f"a duration with its unit, such as {number:g} s")(value)
    if exact < 0:
        refuse(shown(value), "a duration that is not negative")
    if exact > LONGEST:
        refuse(shown(value), "a duration of at most 3650 d")
    if abs(exact - round(exact)) > 1e-6:
        refuse(shown(value), "whole milliseconds")
    return round(exact)


def _period(value: Any) -> Tick:
    return _duration(value) or refuse(shown(value), "a duration above zero")


def _percent(value: Any) -> float:
    share = _in("1", "a share, such as 95 %")(value)
    return share if share >= 0 else refuse(shown(value), "a share that is not negative")


_BYTES = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def _bytes(value: Any) -> int:
    found = re.fullmatch(r"(\d{1,6}) ([kMGT]B)", value) if isinstance(value, str) else None
    if not found or int(found[1]) == 0:
        refuse(shown(value), "a size of memory, such as 500 MB")
    return int(found[1]) * _BYTES[found[2]]


def _name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", value):
        refuse(shown(value), "a name (a letter, then letters, digits, '_', '-', '.')")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        refuse(shown(value), "a text")
    return value


Name = Annotated[str, PlainValidator(_name)]
Text = Annotated[str, PlainValidator(_text)]
Amount = Annotated[Quantity, PlainValidator(_any)]
"""A quantity; its unit is checked where the place it goes to is known."""
Value = Annotated[Quantity, PlainValidator(_plain)]
"""A quantity or, where the place has no unit, a plain number."""
Duration = Annotated[int, PlainValidator(_duration)]
Period = Annotated[int, PlainValidator(_period)]
Share = Annotated[float, PlainValidator(_percent)]
Bytes = Annotated[int, PlainValidator(_bytes)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Positive = Annotated[int, Field(ge=1, le=10**9)]
Version = Literal[1]


def _pair(value: Any) -> tuple[Quantity, Quantity]:
    if not isinstance(value, list) or len(value) != 2:
        refuse(shown(value), "two quantities, [lowest, highest]")
    low, high = (_plain(end, (i,)) for i, end in enumerate(value))
    _fitting((low, high), (1,))
    if high.to(low.unit) <= low.number:
        refuse(shown(value[1]), f"more than {low}", at=(1,))
    return low, high


def _fitting(values: tuple[Quantity, ...], at: tuple[str | int, ...]) -> None:
    for value in values[1:]:
        try:
            value.to(values[0].unit) if values[0].unit not in ("degC", "degF") else value.to("K")
        except UnitError:
            refuse(shown(str(value)), f"a unit that fits {values[0]}", at=at)


Pair = Annotated[tuple[Quantity, Quantity], PlainValidator(_pair)]
"""Lowest and highest value, such as ``[300 K, 420 K]``; plain where the place has no unit."""


def _distribution(value: Any) -> Distribution:
    """A value, or one of the four distributions with its parameters."""
    if not isinstance(value, dict):
        return _fixed(_plain(value))
    name = next(iter(value), None)
    if len(value) != 1 or name not in _SHAPES:
        wrong = next((key for key in value if key not in _SHAPES), None)
        at = () if wrong is None else (wrong, "[key]")
        got = shown(value) if wrong is None else shown(wrong)
        refuse(got, "a value or one distribution", did_you_mean(wrong, _SHAPES), at)
    return _SHAPES[name](value[name])


def _fixed(value: Quantity) -> Fixed:
    return Fixed(value.number, value.unit)


def _uniform(value: Any) -> Uniform:
    if not isinstance(value, list) or len(value) != 2:
        refuse(shown(value), "two quantities, [lowest, highest]", at=("uniform",))
    low, high = (_plain(end, ("uniform", i)) for i, end in enumerate(value))
    _fitting((low, high), ("uniform", 1))
    _same_unit((low, high), ("uniform", 1))
    top = high.to(low.unit)
    if top < low.number:
        refuse(shown(value[1]), f"at least {low}", at=("uniform", 1))
    return Uniform(low.number, top, low.unit)


def _same_unit(values: tuple[Quantity, ...], at: tuple[str | int, ...]) -> None:
    scales = {value.unit for value in values if value.unit in ("degC", "degF")}
    if scales and len({value.unit for value in values}) > 1:
        refuse(shown(str(values[-1])), f"the unit of {values[0]}", at=at)


def _choice(value: Any) -> Choice:
    if not isinstance(value, list) or not value:
        refuse(shown(value), "a list of values", at=("choice",))
    values = tuple(_plain(item, ("choice", i)) for i, item in enumerate(value))
    for i, item in enumerate(values):
        _fitting((values[0], item), ("choice", i))
        _same_unit((values[0], item), ("choice", i))
    return Choice(tuple(item.to(values[0].unit) for item in values), values[0].unit)


def _two(shape: str, value: Any, *keys: str) -> list[Any]:
    if not isinstance(value, dict):
        refuse(shown(value), f"a mapping with {' and '.join(keys)}", at=(shape,))
    for key in value:
        if key not in keys:
            refuse(shown(key), f"{' and '.join(keys)}", did_you_mean(key, keys), (shape, key, "[key]"))
    for key in keys:
        if key not in value:
            refuse("nothing", f"the key '{key}'", at=(shape,))
    return [value[key] for key in keys]


def _normal(value: Any) -> Normal:
    first, second = _two("normal", value, "mean", "sd")
    mean, sd = _plain(first, ("normal", "mean")), _plain(second, ("normal", "sd"))
    unit = "K" if mean.unit in ("degC", "degF") else mean.unit
    try:
        width = sd.difference(unit)
    except UnitError:
        refuse(shown(second), f"a difference in {unit}", at=("normal", "sd"))
    if width < 0:
        refuse(shown(second), "a spread that is not negative", at=("normal", "sd"))
    return Normal(mean.to(unit), width, unit)


def _lognormal(value: Any) -> LogNormal:
    first, second = _two("lognormal", value, "median", "spread")
    median, spread = _plain(first, ("lognormal", "median")), _plain(second, ("lognormal", "spread"))
    if median.number <= 0:
        refuse(shown(first), "a median above zero", at=("lognormal", "median"))
    if spread.unit != "1" or not 1 <= spread.number <= 100:
        refuse(shown(second), "a plain factor from 1 to 100", at=("lognormal", "spread"))
    return LogNormal(median.number, spread.number, median.unit)


_SHAPES: dict[str, Callable[[Any], Distribution]] = {
    "uniform": _uniform,
    "normal": _normal,
    "lognormal": _lognormal,
    "choice": _choice,
}


def _durations(value: Any) -> Distribution:
    if not isinstance(value, dict):
        return Fixed(float(_duration(value)), "ms")
    drawn = _distribution(value)
    try:
        found = drawn.to("ms")
    except UnitError:
        refuse(f"a distribution in '{drawn.unit}'", "durations with their unit, such as 60 s")
    low, high = found.bounds
    if low < 0:
        refuse(f"durations from {low / 1000:g} s", "durations that are not negative")
    if not math.isfinite(high) or high > LONGEST:
        refuse(f"durations up to {high / 1000:g} s", "durations of at most 3650 d")
    return found


Dist = Annotated[Distribution, PlainValidator(_distribution)]
"""A value or a distribution, in the unit the file uses."""
Durations = Annotated[Distribution, PlainValidator(_durations)]
"""A duration or a distribution of durations, in ms."""


def listed(value: Any) -> Any:
    """One name where a list of names is meant."""
    return [value] if isinstance(value, str) else value


def _names(value: Any) -> Any:
    if not isinstance(listed(value), list):
        refuse(shown(value), "a list of names")
    return tuple(listed(value))


def _some_names(value: Any) -> Any:
    return _names(value) or refuse("an empty list", "at least one name")


Names = Annotated[tuple[Name, ...], BeforeValidator(_names)]
SomeNames = Annotated[tuple[Name, ...], BeforeValidator(_some_names)]


def items(value: Any) -> Any:
    """A list as the tuple a frozen model keeps; a list is wanted even for one item."""
    if not isinstance(value, list):
        refuse(shown(value), "a list")
    return tuple(value)


Items = BeforeValidator(items)

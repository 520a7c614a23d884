"""How numbers, times and parameters are printed: the same everywhere in the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NONE = "–"
_COUNTS = frozenset({"strikes", "confirm", "history"})


def number(value: Any, unit: str = "") -> str:
    """A number to three digits with its unit; a dash when there is none.

    Examples
    --------
    >>> number(49.523, "K"), number(None), number(8919.2)
    ('49.5 K', '–', '8919')
    """
    if value is None:
        return NONE
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = f"{value:.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.3g}"
    return f"{text} {unit}".rstrip()


def seconds(value: Any) -> str:
    """A time given in seconds, with its unit."""
    return number(value, "s")


def at(milliseconds: Any) -> str:
    """A moment of a record, to the tick; a dash when it has none (-1)."""
    if not isinstance(milliseconds, int | float) or milliseconds < 0:
        return NONE
    return f"{milliseconds / 1000:.10g} s"


def duration(milliseconds: Any) -> str:
    """A length of time in the unit a person would use.

    Examples
    --------
    >>> duration(86_400_000), duration(600_000), duration(3400), duration(200)
    ('24 h', '10 min', '3.4 s', '200 ms')
    """
    if not isinstance(milliseconds, int | float):
        return number(milliseconds)
    for factor, unit in ((3_600_000, "h"), (60_000, "min")):
        if milliseconds >= factor and milliseconds % factor == 0:
            return f"{milliseconds / factor:.10g} {unit}"
    return (
        f"{milliseconds / 1000:.10g} s"
        if milliseconds >= 1000 or milliseconds == 0
        else f"{milliseconds:.10g} ms"
    )


def share(value: Any) -> str:
    """A probability or share in per cent."""
    return (
        NONE
        if value is None
        else number(100.0 * value, "%")
        if isinstance(value, int | float)
        else str(value)
    )


def parameters(about: Any, key: str = "") -> str:
    """Parameters of a layer in one line; a bare number is a time [ms] unless it is a known count.

    Examples
    --------
    >>> parameters({"range": ["310 K", "410 K"], "frozen": 5000, "strikes": 3})
    'range 310 K to 410 K, frozen 5 s, strikes 3'
    """
    if isinstance(about, Mapping):
        told = [
            f"{_word(name)} {_inner(value, name)}"
            for name, value in about.items()
            if value not in (None, "", [], {})
        ]
        return ", ".join(told)
    if isinstance(about, list | tuple):
        pair = len(about) == 2 and not any(isinstance(one, Mapping) for one in about)
        return (" to " if pair and key in ("range", "output", "clamp") else ", ").join(
            parameters(x, key) for x in about
        )
    if isinstance(about, int | float) and not isinstance(about, bool) and key not in _COUNTS:
        return duration(about)
    return str(about)


def _inner(value: Any, key: str) -> str:
    told = parameters(value, key)
    return f"({told})" if isinstance(value, Mapping) else told


def _word(name: Any) -> str:
    return str(name).replace("_", " ")


def distribution(value: Any) -> str:
    """A distribution as a file writes it, in words; times in the unit a person would use.

    Examples
    --------
    >>> distribution({"uniform": ["60000 ms", "300000 ms"]}), distribution("-5 K")
    ('uniform 1 min to 5 min', '-5 K')
    >>> distribution({"lognormal": {"median": "30000 ms", "spread": 2.0}})
    'lognormal (median 30 s, spread 2)'
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{kind} {_ends(kind, about)}" for kind, about in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(distribution, value))
    if isinstance(value, float):
        return f"{value:.10g}"
    text = str(value)
    head, _, unit = text.partition(" ")
    return duration(float(head)) if unit == "ms" else text


def _ends(kind: str, about: Any) -> str:
    if isinstance(about, Mapping):
        return f"({', '.join(f'{name} {distribution(part)}' for name, part in about.items())})"
    if kind == "uniform" and isinstance(about, list | tuple):
        return " to ".join(map(distribution, about))
    return distribution(about)

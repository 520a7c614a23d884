"""Words for mistakes: what was got, and which known name may have been meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 60
_LISTED = 12


def shown(value: object) -> str:
    """A value as an error quotes it, never longer than a line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "...")
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else repr(value)


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """``did you mean LT-101 ?   (known: LT-101, LT-102)``, or what of it is helpful."""
    names = sorted(set(known))
    if not names:
        return ""
    near = get_close_matches(str(name), names, n=1)
    listed = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
    return (f"did you mean {near[0]} ?   " if near else "") + f"(known: {listed})"

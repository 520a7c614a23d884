"""One line declares a parameter: value, unit, bounds, source.

From that line come the field of the structured dtype that kernels read, the schema that checks
a user's file, the sampler's range and the documentation; nothing is declared twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Param:
    """What a parameter's declaration says; bounds are in `unit`."""

    unit: str
    above: float = -np.inf
    at_least: float = -np.inf
    below: float = np.inf
    at_most: float = np.inf
    source: str = ""

    def complaint(self, value: float) -> str:
        """What is wrong with a value, or an empty text."""
        if not np.isfinite(value):
            return "a finite value"
        for holds, text, bound in (
            (value > self.above, "above", self.above),
            (value >= self.at_least, "at least", self.at_least),
            (value < self.below, "below", self.below),
            (value <= self.at_most, "at most", self.at_most),
        ):
            if not holds:
                return f"{text} {bound:g} {self.unit}".rstrip()
        return ""


def param(
    default: float | None = None,
    unit: str = "1",
    *,
    above: float = -np.inf,
    at_least: float = -np.inf,
    below: float = np.inf,
    at_most: float = np.inf,
    source: str = "",
) -> Any:
    """Declare a parameter of a frozen dataclass; unit ``"ms"`` makes it an integer duration.

    Parameters
    ----------
    default : float or None
        Value in `unit`; None makes the parameter required.
    unit : str
        Its unit, ``"1"`` for a plain number.
    above, at_least, below, at_most : float
        Bounds in `unit`.
    source : str
        Where the default comes from.
    """
    about = Param(unit, above, at_least, below, at_most, source)
    if default is None:
        return field(metadata={"param": about})
    if about.complaint(default):
        raise ValueError(f"default {default} {unit}: wanted {about.complaint(default)}")
    return field(default=int(default) if unit == "ms" else float(default), metadata={"param": about})


def params(owner: Any) -> dict[str, tuple[Param, Field[Any]]]:
    """The declared parameters of a dataclass (or an instance), by name."""
    return {f.name: (f.metadata["param"], f) for f in fields(owner) if "param" in f.metadata}


def dtype_of(owner: Any) -> np.dtype[Any]:
    """Structured dtype with one field per parameter: i8 for durations, f8 for the rest."""
    return np.dtype([(n, "i8" if p.unit == "ms" else "f8") for n, (p, _) in params(owner).items()])


def pack(units: Sequence[Any]) -> NDArray[Any]:
    """Parameters of several units of one dataclass as a structured array, shape (n_units,)."""
    dtype = dtype_of(units[0])
    return np.array([tuple(getattr(u, n) for n in dtype.names or ()) for u in units], dtype)


def required(f: Field[Any]) -> bool:
    """Whether a parameter has no default."""
    return f.default is MISSING


def of_target(unit: str, target: str) -> str:
    """A parameter's unit with that of the struck signal in place of ``"target"``."""
    return unit.replace("target", target)

"""What a removed layer was worth: a run without it held against the sound one, replica by replica."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.ladder import Held
from simulator.core.verdict import Verdict

Columns = Mapping[str, NDArray[Any]]
Flags = NDArray[np.bool_]
LADDER = tuple(str(rung) for rung in Held)
UNSAFE, UNKNOWN = str(Held.UNSAFE), str(Held.UNKNOWN)
_TRUTH = ".truth"

HELD, NEXT, LOST, OPEN, IDLE, ABSENT = (
    "held", "next layer held", "UNSAFE", "undecided", "not called upon", "not there",
)  # fmt: skip
"""What a cell of the table says: as before; something was lost, but no limit; a limit was lost; a record
that decides nothing; the layer did nothing; the question's plant has no such layer."""


@dataclass(frozen=True)
class Weighed:
    """A run without something against the sound run, on the same noise.

    Attributes
    ----------
    word : str
        `HELD`, `NEXT`, `LOST` or `OPEN`.
    same : bool
        Whether every record is bit-identical to the sound one.
    rungs : mapping of str to int
        Replicas by the outermost layer that then had to act.
    violated : mapping of str to int
        Replicas in which a requirement is violated that the sound build satisfies.
    undecided : mapping of str to int
        Replicas in which a requirement that the sound build decides is no longer decided.
    margins : mapping of str to float
        The most that a requirement's margin lost in a replica [unit of the requirement].
    unsafe : ndarray of bool, shape (n,)
        Replicas in which a limit is lost that the sound build keeps.
    blind : int
        Replicas of which it can no longer be told whether a limit was lost.
    spared : int
        Replicas in which the sound build calls upon a safety function, and this one does not.
    """

    word: str
    same: bool
    rungs: Mapping[str, int]
    violated: Mapping[str, int]
    undecided: Mapping[str, int]
    margins: Mapping[str, float]
    unsafe: Flags = field(repr=False)
    blind: int
    spared: int

    def data(self) -> dict[str, Any]:
        """Plain data."""
        names = ("word", "same", "rungs", "violated", "undecided", "blind", "spared")
        told = {name: getattr(self, name) for name in names}
        return told | {"margin_lost": dict(self.margins), "unsafe": int(self.unsafe.sum())}


def weigh(sound: Columns, bare: Columns) -> Weighed:
    """Hold a run without something against the sound one.

    Parameters
    ----------
    sound, bare : mapping of str to ndarray, shape (n,)
        Rows as of `measure`, of the same replicas in the same order.
    """
    before, after = (np.asarray(rows["held"]).astype(str) for rows in (sound, bare))
    names = [key.removesuffix(_TRUTH) for key in sound if key.endswith(_TRUTH)]
    violated = _counts(names, lambda name: _newly(sound, bare, name, violates))
    undecided = _counts(names, lambda name: _newly(sound, bare, name, decides_nothing))
    unsafe = (after == UNSAFE) & (before != UNSAFE)
    outward = any(LADDER.index(b) > LADDER.index(a) for a, b in zip(before, after, strict=True))
    blind = int(((after == UNKNOWN) & (before != UNKNOWN)).sum())
    word = next(
        word
        for word, holds in (
            (LOST, unsafe.any()), (OPEN, blind or undecided), (NEXT, violated or outward), (HELD, True),
        )
        if holds
    )  # fmt: skip
    return Weighed(
        word=word,
        same=bool(np.array_equal(sound["digest"], bare["digest"])),
        rungs=dict(Counter(str(rung) for rung in sorted(after, key=LADDER.index))),
        violated=violated,
        undecided=undecided,
        margins=dict(_lost(sound, bare, names)),
        unsafe=unsafe,
        blind=blind,
        spared=int((_demanded(before) & ~_demanded(after) & (after != UNKNOWN)).sum()),
    )


def _demanded(held: NDArray[Any]) -> Flags:
    return np.asarray(np.isin(held, [str(Held.SIF), UNSAFE]))


def violates(truth: NDArray[Any]) -> Flags:
    """Where a requirement is violated."""
    return np.asarray(truth < 0)


def decides_nothing(truth: NDArray[Any]) -> Flags:
    """Where a requirement is neither violated nor satisfied."""
    return np.asarray(~(truth < 0) & ~(truth > 0))


def _newly(sound: Columns, bare: Columns, name: str, holds: Any) -> int:
    return int((holds(bare[name + _TRUTH]) & ~holds(sound[name + _TRUTH])).sum())


def _counts(names: Sequence[str], count: Any) -> dict[str, int]:
    found = {name: count(name) for name in names}
    return {name: n for name, n in found.items() if n}


def _lost(sound: Columns, bare: Columns, names: Sequence[str]) -> Any:
    """The most that each margin lost; what loses nothing, or has no margin, is left out."""
    for name in names:
        before, after = (rows[f"{name}.margin"].astype(float) for rows in (sound, bare))
        known = np.isfinite(before) & np.isfinite(after)
        lost = before[known] - after[known]
        if len(lost) and lost.max() > 0.0:
            yield name, float(lost.max())


def jointly(pair: Weighed, singles: Sequence[Weighed | None]) -> Flags:
    """Replicas in which a limit is lost without both, and with either one of them it is not, shape (n,).

    A layer that did nothing has no run of its own: None.
    """
    alone = [one.unsafe for one in singles if one is not None]
    return np.asarray(pair.unsafe & ~np.any(alone, axis=0)) if alone else pair.unsafe


@dataclass(frozen=True)
class Finding:
    """What is ruled of a whole study.

    Attributes
    ----------
    text : str
        What is claimed.
    verdict : Verdict
        FAIL when a case contradicts it, else INCONCLUSIVE when one decides nothing, NOT ASSESSED without
        any case.
    n, failed : int
        Cases, and those that contradict.
    bound : float or None
        Upper bound, for one case, of the share of replicas that would contradict.
    why : str
        The cases.
    """

    text: str
    verdict: Verdict
    n: int
    failed: int
    bound: float | None
    why: str

    def data(self) -> dict[str, Any]:
        """Plain data."""
        return vars(self) | {"verdict": str(self.verdict)}


def find(text: str, n: int, against: Sequence[str], undecided: Sequence[str], bound: float | None) -> Finding:
    """Rule on a claim from the cases that contradict it, and those that decide nothing."""
    told = "; ".join(against or undecided)
    verdict = (
        Verdict.FAIL if against
        else Verdict.INCONCLUSIVE if undecided
        else Verdict.PASS if n
        else Verdict.NOT_ASSESSED
    )  # fmt: skip
    return Finding(text, verdict, n, len(against), bound, told or ("no case" if not n else "in no case"))

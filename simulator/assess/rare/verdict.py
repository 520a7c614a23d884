"""The verdict of a study: on direct Monte-Carlo where it decides, else on repeats without a doubt."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from simulator.assess.rare.doubts import doubts
from simulator.assess.rare.study import Data, Study
from simulator.core.verdict import Verdict


def judge(repeats: Sequence[Data], axes: Sequence[str], at_most: float, confidence: float) -> dict[str, Any]:
    """Verdict on the claim that the failure probability is at most `at_most`.

    Parameters
    ----------
    repeats, axes, confidence
        As of `Study`.
    at_most : float
        The claim.

    Returns
    -------
    dict
        ``verdict``, ``why``, ``warnings`` and the figures; plain data, None for what is not known.
    """
    study = Study(repeats, axes, confidence)
    warnings = [] if study.frequent else doubts(study)
    verdict, why = _verdict(study, warnings, at_most)
    counted, over = study.counted, study.over
    return {
        "verdict": str(verdict), "why": why, "warnings": warnings, "at_most": at_most,
        "confidence": confidence, "p": over.mean, "low": over.low, "high": _known(over.high),
        "variation": _known(over.variation), "repeats": over.n, "simulations": study.simulations,
        "direct": study.direct
        | {"low": counted.low, "high": counted.high, "suffices": study.frequent},
        "direct_needs": _known(study.direct_needs), "direct_sees": _known(study.direct_sees),
    }  # fmt: skip


def _verdict(study: Study, warnings: Sequence[str], at_most: float) -> tuple[Verdict, str]:
    told = f"{study.direct['failed']} of {study.direct['n']} runs of direct Monte-Carlo fail"
    settled = _against((study.counted.low, study.counted.high), at_most)
    if settled is not Verdict.INCONCLUSIVE:
        return settled, told
    if study.frequent:
        return Verdict.INCONCLUSIVE, f"{told}: their interval holds the claim"
    if warnings:
        return Verdict.INCONCLUSIVE, "the estimate is not to be trusted: see the warnings"
    found = _against((study.over.low, study.over.high), at_most)
    inside = found is Verdict.INCONCLUSIVE
    return found, "the interval over the repeats holds the claim" if inside else "by subset simulation"


def _against(bounds: tuple[float, float], at_most: float) -> Verdict:
    low, high = bounds
    if low > at_most:
        return Verdict.FAIL
    return Verdict.PASS if high <= at_most else Verdict.INCONCLUSIVE


def _known(value: float) -> float | None:
    return value if value < inf else None

"""The four verdicts, how they combine, and the exit codes they become."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """What the evidence says of one requirement; only PASS rests on positive evidence."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_ASSESSED = "NOT ASSESSED"


class Exit(IntEnum):
    """Exit codes of the command; where several apply: 2, then 1, then 3, then 0."""

    PASSED = 0
    FAILED = 1
    BAD_INPUT = 2
    NOT_DECIDED = 3


_WORST_FIRST = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_ASSESSED, Verdict.PASS)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a whole: its worst part; an empty whole is NOT ASSESSED, never PASS."""
    found = set(verdicts)
    return next((verdict for verdict in _WORST_FIRST if verdict in found), Verdict.NOT_ASSESSED)


def exit_code(verdicts: Iterable[Verdict], void: bool = False) -> Exit:
    """Exit code of a suite with these verdicts; a void suite never exits 0."""
    overall = worst(verdicts)
    if overall is Verdict.FAIL:
        return Exit.FAILED
    if void or overall is not Verdict.PASS:
        return Exit.NOT_DECIDED
    return Exit.PASSED

"""``plantproof ablate``: the folder of a study, from its plan to its finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.campaign.ablate.outcome import Outcome
from simulator.campaign.ablate.study import Progress, Study, longest
from simulator.campaign.folder import begin, digests_of, end
from simulator.campaign.lab import Lab
from simulator.core.errors import InputError, Problem
from simulator.core.verdict import Exit, Verdict, exit_code
from simulator.record.layout import Layout
from simulator.scenario.resolved import ResolvedSuite

KIND = "ablate"
WIRED = "its threats act on connections: only an AI behind Modbus TCP has them"


@dataclass(frozen=True)
class Options:
    """How to study a suite.

    Attributes
    ----------
    results : Path
        Folder of all results.
    workers : int
        Processes.
    replicas : int
        The first ones of each question.
    only : tuple of str
        Questions; empty for all.
    pairs : bool
        Whether layers are taken away two at a time too.
    """

    results: Path
    workers: int
    replicas: int
    only: tuple[str, ...] = ()
    pairs: bool = True


def ablate(suite: ResolvedSuite, options: Options, progress: Progress) -> tuple[Layout, dict[str, Any]]:
    """Take every layer from every question.

    Returns
    -------
    Layout, dict
        The folder and its ``ablate.json``.

    Raises
    ------
    InputError
        When no question can be asked, or the folder cannot be made.
    Interrupted
        When the suite's budget of time is used up.
    WorkerLost
        When a worker process dies.
    """
    keys, left_out = asked(suite, options.only)
    plan = {
        "seed": suite.spec.seed, "replicas": options.replicas, "questions": keys, "pairs": options.pairs,
        "longest": longest(suite),
    }  # fmt: skip
    told = {"plan": plan, "workers": options.workers, "only": list(options.only)}
    layout = begin(suite, options.results, digests_of(suite), told, KIND)
    with Lab(suite, options.workers) as lab:
        study = Study(lab, layout, options.replicas, progress)
        study.run(keys, options.pairs)
    found = Outcome(suite, study.trees, options.replicas).data(options.pairs)
    found |= {"counts": study.told(options.pairs), "not_asked": left_out}
    end(layout, KIND, found, {"trials": _trials(found["counts"])})
    return layout, found


def asked(suite: ResolvedSuite, only: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Questions that can be asked in one process, and why others are not.

    Raises
    ------
    InputError
        When none is left, or one is unknown.
    """
    wanted = tuple(only)
    unknown = [name for name in wanted if name not in suite.asked]
    if unknown:
        known = f"one of {', '.join(suite.asked)}"
        raise InputError(*(Problem(f"--only {name}", known, str(suite.file)) for name in unknown))
    chosen = [key for key in suite.asked if not wanted or key in wanted]
    left_out = {key: WIRED for key in chosen if suite.scenarios[key].spec.wired}
    keys = [key for key in chosen if key not in left_out]
    if not keys:
        got = f"questions about connections only: {', '.join(left_out)}" if left_out else "no question"
        raise InputError(Problem(got, "a question that can be asked in one process", str(suite.file)))
    return keys, left_out


def exit_of(found: dict[str, Any]) -> Exit:
    """Exit code of a study; what was spared and changed something, or was not asked, keeps it from 0."""
    verdicts = [Verdict(one["verdict"]) for one in found["findings"]]
    return exit_code(verdicts, void=bool(found["counts"]["audited"]["broken"] or found["not_asked"]))


def _trials(counts: dict[str, Any]) -> int:
    audited = counts["audited"]["singles"] + counts["audited"]["pairs"]
    return int(counts["questions"] + counts["singles_run"] + counts.get("pairs_run", 0) + audited)

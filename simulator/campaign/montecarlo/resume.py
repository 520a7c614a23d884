"""A campaign that was broken off: whether it may be carried on, and with what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.campaign.folder import digests_of, inputs_digest, plan_digest
from simulator.campaign.montecarlo.plan import Plan
from simulator.core.errors import InputError, Problem
from simulator.core.kernel import PRODUCT, source_digest
from simulator.record.layout import Layout
from simulator.record.reader import get_json, opened
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolved import Foreign, ResolvedSuite

KIND = "campaign"
_AGAIN = "begin a new campaign: blocks of two versions are no record of one"


def broken_off(folder: Path) -> tuple[ResolvedSuite, Layout, Plan]:
    """Suite, folder and plan of a campaign that has no ``stop.json``.

    Parameters
    ----------
    folder : Path
        ``results/<suite>.campaign/<NNNN>-<digest8>``.

    Raises
    ------
    InputError
        When it is none, has ended, or its plan, its input or the product has changed since.
    """
    layout = opened(folder)
    head: Mapping[str, Any] = get_json(layout.start)
    problems = list(_no_campaign(layout, head))
    if problems:
        raise InputError(*problems)
    given = head.get("foreign")
    foreign = Foreign(Path(given["policy"]["file"]), Path(given["io"]["file"])) if given else None
    suite = resolve_suite(Path(head["suite_file"]), foreign=foreign)
    problems = list(_moved(layout, head, suite))
    if problems:
        raise InputError(*problems)
    return suite, layout, Plan.of(head["plan"])


def _no_campaign(layout: Layout, head: Mapping[str, Any]) -> Iterator[Problem]:
    if head.get("kind") != KIND or "plan" not in head:
        yield Problem("the folder of another run", "a folder of plantproof campaign", str(layout.root))
    elif layout.stop.exists():
        yield Problem("a campaign that has ended", "one that was broken off", str(layout.root))


def _moved(layout: Layout, head: Mapping[str, Any], suite: ResolvedSuite) -> Iterator[Problem]:
    """What is no longer as it was when the campaign began."""
    if plan_digest(head["plan"]) != head.get("plan_sha256"):
        yield Problem("a plan that was changed", "the plan as it was hashed", str(layout.start), hint=_AGAIN)
    if inputs_digest(digests_of(suite)) != head.get("digest"):
        got = "an input file that was changed"
        yield Problem(got, "the files as they were, copied to inputs/", str(suite.file), hint=_AGAIN)
    if source_digest(PRODUCT) != head.get("code"):
        got = "another version of plantproof"
        yield Problem(got, f"the one that began it, code {str(head.get('code'))[:8]}", hint=_AGAIN)

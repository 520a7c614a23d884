"""A campaign that ends early: the tests in its hashed plan, and its run until they are all decided."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulator.assess.anytime import anytime
from simulator.assess.sequential import SequentialTest
from simulator.campaign.folder import begin, digests_of, end
from simulator.campaign.montecarlo.campaign import KIND, Hands, Options, Progress, warm
from simulator.campaign.montecarlo.outcome import outcome_of
from simulator.campaign.montecarlo.parts import Parts
from simulator.campaign.montecarlo.plan import Piece, Plan, draw_up
from simulator.campaign.montecarlo.pool import Done, local
from simulator.campaign.montecarlo.remote import order_of
from simulator.campaign.montecarlo.walk import Cut, UnderTest, Walk
from simulator.campaign.transport import IN_PROCESS
from simulator.campaign.wiring import refuse_unwired
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError, Problem
from simulator.record.layout import Layout
from simulator.record.reader import get_json
from simulator.scenario.resolved import ResolvedSuite

KEY = "sequential"


@dataclass(frozen=True)
class Wanted:
    """A requirement with the probabilities of failing that are to be told apart."""

    requirement: str
    unacceptable: float
    acceptable: float


def start(suite: ResolvedSuite, options: Options, wanted: Sequence[Wanted]) -> tuple[Layout, Plan]:
    """Draw up the plan with its tests, hash it, and make the folder.

    Questions without any of the requirements are left away.

    Raises
    ------
    InputError
        When no question has a requirement, or a test can never pass within the runs.
    """
    tests = list(_tests(suite, options, wanted))
    names = {one.scenario for one in tests}
    refuse_unwired(suite, tuple(names), IN_PROCESS)
    runs = {name: n for name, n in options.runs.items() if name in names}
    plan = draw_up(Workshop(suite), runs, False, options.block, None)
    told = plan.data | {KEY: [one.data for one in tests]}
    return begin(suite, options.results, digests_of(suite), {"plan": told}, KIND), plan


def planned(layout: Layout) -> list[UnderTest]:
    """The tests in the hashed plan of a campaign; none where it is to run to its end."""
    plan: Mapping[str, Any] = get_json(layout.start)["plan"]
    return [UnderTest.of(one) for one in plan.get(KEY, ())]


def walked(
    suite: ResolvedSuite, layout: Layout, plan: Plan, hands: Hands, progress: Progress
) -> dict[str, Any]:
    """Run blocks until every test is decided, count what led there, and close the folder.

    As `carry_on`, to whose outcome it adds what each test has said.
    """
    shop, parts, began = Workshop(suite), Parts(layout), time.monotonic()
    walks = _walks(suite, plan, planned(layout))
    _recall(plan, parts, walks)
    if not hands.cluster:  # whose workers compile for themselves
        progress("compiling kernels, once", 0, 1)
        warm(shop, plan)
    total, runs = sum(one.runs for one in plan.asked), 0
    for piece, rows in _hands(shop, _missing(plan, parts, walks), hands):
        parts.put(piece, rows)
        walks[piece.asked.scenario].add(piece.first, rows)
        runs += piece.n
        pace = runs / max(time.monotonic() - began, 1e-3)
        progress(f"{piece.asked.name}  {pace:,.0f} runs/s, at most", runs, total)
    used = replace(plan, asked=tuple(replace(one, runs=walks[one.scenario].used) for one in plan.asked))
    whole = {(one.scenario, one.variant): one for one in plan.asked}
    outcome = outcome_of(suite, used, Cut(layout, whole))
    _stopped(outcome)
    outcome |= {KEY: [told for walk in walks.values() for told in walk.data]}
    end(layout, KIND, outcome, {"runs": sum(one.runs for one in used.asked), "ended_early": runs < total})
    return outcome


def _stopped(outcome: dict[str, Any]) -> None:
    """Replace every bound for a fixed sample by one that holds where the data have chosen the end."""
    for question in outcome["questions"]:
        for ruling in question["requirements"].values():
            failed, n = ruling["failed"], ruling["n"] + ruling["undecided"]
            ruling["low"] = anytime(failed, n, outcome["confidence"])[0]
            ruling["high"] = anytime(failed + ruling["undecided"], n, outcome["confidence"])[1]


def _tests(suite: ResolvedSuite, options: Options, wanted: Sequence[Wanted]) -> Iterator[UnderTest]:
    """Every requirement that is wanted, of every question that has it."""
    risk, problems, found = 1.0 - suite.criteria.confidence, [], []
    for one in wanted:
        asked = [name for name in options.runs if one.requirement in suite.scenarios[name].formulas]
        if not asked:
            got, known = f"--sequential {one.requirement}", ", ".join(options.runs)
            problems.append(Problem(got, f"a formula of a question that is asked: {known}", str(suite.file)))
        for name in asked:
            test = SequentialTest(one.unacceptable, one.acceptable, risk, risk, options.runs[name])
            found.append(UnderTest(name, one.requirement, test))
            if test.least > test.most:
                got = f"--runs {test.most} for {one.requirement}"
                problems.append(Problem(got, f"at least {test.least}, fewer can never PASS", str(suite.file)))
    if problems:
        raise InputError(*dict.fromkeys(problems))
    yield from found


def _walks(suite: ResolvedSuite, plan: Plan, tests: Sequence[UnderTest]) -> dict[str, Walk]:
    return {
        one.scenario: Walk(
            suite.scenarios[one.scenario],
            one,
            [test for test in tests if test.scenario == one.scenario],
            plan.confidence,
        )
        for one in plan.asked
    }


def _recall(plan: Plan, parts: Parts, walks: Mapping[str, Walk]) -> None:
    """Walk through the blocks that are there already, up to the first that is not."""
    missing = {(piece.asked.scenario, piece.first) for piece in parts.missing(plan)}
    for asked in plan.asked:
        there = [k for k in range(0, asked.runs, asked.block) if (asked.scenario, k) not in missing]
        for first in there:
            n = min(asked.block, asked.runs - first)
            walks[asked.scenario].add(first, parts.read(Piece(asked, first, n)))


def _missing(plan: Plan, parts: Parts, walks: Mapping[str, Walk]) -> Iterator[Piece]:
    """Blocks question by question, for as long as its tests are open when the next one is handed out."""
    for asked in plan.asked:
        for first in range(0, asked.runs, asked.block):
            piece = Piece(asked, first, min(asked.block, asked.runs - first))
            if walks[asked.scenario].over:
                break
            if not parts.path(piece).exists():
                yield piece


def _hands(shop: Workshop, missing: Iterator[Piece], hands: Hands) -> Iterator[Done]:
    digests = digests_of(shop.suite)
    if not hands.cluster:
        return local(shop, missing, hands.workers, digests)
    from simulator.campaign.cluster import spread

    return spread(hands.cluster, order_of(shop.suite, digests), missing)

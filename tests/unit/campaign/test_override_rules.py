"""The states that the rules allow, by the rules that run; and the override at the rule of the modes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from questions import SCENARIOS, shop

from simulator.campaign.handover import proof as proof_
from simulator.campaign.handover import reach as reach_
from simulator.campaign.handover.allowed import allowed, built
from simulator.campaign.handover.drive import phases
from simulator.campaign.handover.proof import prove
from simulator.campaign.handover.reach import reach, together
from simulator.campaign.handover.rules import Rules, rules
from simulator.campaign.work import Workshop
from simulator.core.states import (
    AUTO,
    BYPASSED,
    MAN,
    MODE,
    MODE_REASON,
    NORMAL,
    PHASE,
    RCAS,
    SIF,
    TRIPPED,
)
from simulator.scenario.resolve import resolve_suite
from simulator.testing.mutants import BROKEN, Around

OPERATOR = MODE_REASON["OPERATOR"]


@pytest.fixture(name="work", scope="module")
def _work(tmp_path_factory):
    return shop(tmp_path_factory.mktemp("rules"), SCENARIOS / "cstr" / "mdl_003_nan_output.yaml")


@pytest.fixture(name="question", scope="module")
def _question(work):
    return work.suite.scenarios["MDL-003"]


@pytest.fixture(name="block")
def _block(work, question):
    return built(work, question, "RUN", 4096)


@pytest.fixture(name="starts", scope="module")
def _starts(work, question):
    found = [rules(built(work, question, phase, 1)).kept for phase in phases(question)]
    return np.concatenate(found, axis=1)


def named(walk):
    of = [{number: name for name, number in table.items()} for table in (MODE, PHASE, SIF)]
    return {tuple(names[k] for names, k in zip(of, one, strict=True)) for one in walk.seen}


def broken(block, name):
    return rules(replace(block, path=BROKEN[name](block.path)))


def around(block, after):
    """The built question with a rule of the modes that is spoiled after each scan."""
    path = tuple(
        replace(bound, layer=Around(bound.layer, after)) if bound.name == "modes" else bound
        for bound in block.path
    )
    return rules(replace(block, path=path))


def test_the_reactors_rules_allow_28_of_45_states(work, question):
    """By hand: AI only in RUN and LOAD, never beside a bypass; a bypass only where the phase asks for it."""
    found = allowed(work, question)
    expected = {
        (mode, phase, sif)
        for mode in ("MAN", "AUTO", "RCAS")
        for phase in PHASE
        for sif in SIF
        if (mode != "RCAS" or phase in ("RUN", "LOAD"))
        and (sif != "BYPASSED" or phase in ("START", "SHUTDOWN"))
    }
    assert named(found.walk) == expected
    assert len(expected) == 28
    assert found.walk.complete
    assert found.walk.events == 2 ** len(found.walk.free) == 2**23
    assert found.rule["verdict"] == "PASS"


@pytest.mark.parametrize("mutant", ["phase_ignored", "grounds_ignored"])
def test_a_rule_that_leaves_the_ai_its_loop_in_every_phase_is_seen_by_the_walk(block, starts, mutant):
    assert ("RCAS", "START", "NORMAL") not in named(reach(rules(block), starts, 0))
    assert ("RCAS", "START", "NORMAL") in named(reach(broken(block, mutant), starts, 0))


ONE_OF_EACH = (
    "order start", "order shutdown", "the phase is done", "ground STALE", "override", "re-arm", "bad input 0",
    "every PV near its preset", "reset", "SIF-103 called", "start-up override of SIF-103 over",
)  # fmt: skip
"""Inputs of every layer, few enough that all their combinations can be tried at once."""


def test_layer_by_layer_is_the_same_as_every_combination_of_all_layers_at_once(block, starts):
    stages = tuple(
        replace(stage, free=tuple(one for one in stage.free if one.name in ONE_OF_EACH))
        for stage in rules(block).stages
    )
    few = Rules(block, stages)
    merged = replace(stages[0], free=tuple(one for stage in stages for one in stage.free))
    assert len(merged.free) == len(ONE_OF_EACH)
    start = starts[:, :1]  # in RUN with its AI in charge
    seen, frontier = {start.tobytes()}, [start]
    while frontier:
        found = []
        for _, new in few.every(merged, np.concatenate(frontier, axis=1)):
            for stage in stages:
                stage.step()
            found.append(np.unique(few.kept[:, new], axis=1))
        after = np.unique(np.concatenate(found, axis=1), axis=1)
        frontier = [one[:, None] for one in after.T if one.tobytes() not in seen]
        seen |= {one.tobytes() for one in after.T}
    assert len(seen) > 20
    assert len(seen) == reach(few, start, 0).joint


def test_what_is_neither_kept_nor_free_makes_no_difference(block, starts):
    """Every other number on the board, and the layers' own clocks, may be anything."""
    whole, rng = rules(block), np.random.Generator(np.random.Philox(7))
    board = block.board
    for stage in whole.stages:
        for bits, _ in whole.every(stage, starts[:, -2:]):
            before = whole.kept
            stage.step()
            clean = whole.kept
            board.reals[:] = rng.normal(0.0, 1e3, board.reals.shape)
            board.states[:] = rng.integers(0, 3, board.states.shape)
            whole.put(before)
            for free, bit in zip(stage.free, bits, strict=True):
                free.put(bit)
            stage.step()
            np.testing.assert_array_equal(whole.kept, clean)


def test_the_override_gives_man_from_every_state_under_every_combination(block):
    found = prove(rules(block))
    assert (found["failed"], found["held_failed"], found["verdict"]) == (0, 0, "PASS")
    assert found["n"] == 4 * 27 * 2 * 2**11  # modes, three functions, the phase's ground; half of 2**12
    assert found["held_n"] == 27 * 2 * 2**12


@pytest.mark.parametrize(
    ("mode", "event", "to", "failed"),
    [(RCAS, OPERATOR, RCAS, "failed"), (AUTO, OPERATOR, AUTO, "failed"), (MAN, 0, AUTO, "held_failed")],
)
def test_a_wrong_entry_of_the_table_fails_the_proof(block, mode, event, to, failed):
    whole = rules(block)
    next(s for s in whole.stages if s.bound.name == "modes").bound.state.after[mode, event] = to
    found = prove(whole)
    assert found[failed] > 0
    assert found["verdict"] == "FAIL"


def test_an_override_that_yields_in_one_combination_alone_fails_the_proof(block):
    def yields(inputs, out):
        rare = (inputs.grounds == 1).all(axis=0) & (inputs.status == TRIPPED).all(axis=0)
        rare &= (
            (inputs.override == 1) & (inputs.rearm == 1) & (inputs.shed[0] == 1) & (inputs.mismatch[0] == 1)
        )
        rare &= (inputs.quality == 1).any(axis=0) & (inputs.follow == 1) & ~np.isnan(inputs.pv[0])
        out.mode[:, rare] = AUTO

    found = prove(around(block, yields))
    assert found["failed"] == 4  # once from each mode
    assert found["verdict"] == "FAIL"


def test_an_output_in_man_that_knows_what_the_ai_wrote_fails_the_proof(block):
    def leaks(inputs, out):
        out.selected[:] = np.where(inputs.rearm == 1, inputs.admitted, out.selected)

    found = prove(around(block, leaks))
    assert found["failed"] == found["n"] / 2


def test_one_function_speaks_for_all():
    status = np.array([[NORMAL, BYPASSED, BYPASSED], [NORMAL, NORMAL, TRIPPED]], np.int8)
    assert together(status).tolist() == [NORMAL, BYPASSED, TRIPPED]


def test_a_plant_without_a_procedure_is_walked_through_its_modes_and_functions():
    suite = resolve_suite(SCENARIOS / "suites" / "quadruple_tank_predeployment.yaml")
    found = allowed(Workshop(suite), suite.scenarios["CTL-001"])
    assert named(found.walk) == {
        (m, "RUN", s) for m in ("MAN", "AUTO", "RCAS") for s in ("NORMAL", "TRIPPED")
    }
    assert found.rule["verdict"] == "PASS"


def test_a_search_that_would_not_end_is_given_up_and_shows_nothing(block, starts, monkeypatch):
    monkeypatch.setattr(reach_, "MOST", 10**4)
    assert not reach(rules(block), starts, 0).complete
    monkeypatch.setattr(proof_, "MOST", 10**4)
    found = prove(rules(block))
    assert (found["n"], found["verdict"]) == (0, "NOT ASSESSED")

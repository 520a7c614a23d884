"""Questions crossed with phases and variants: ids, draws, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.campaign.jobs import MAIN, Job
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError
from simulator.scenario.resolve import resolve_suite

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
HEAD = """\
schema: 1
suite: crossed
plant: cstr
requirements: {root}/cstr/requirements.yaml
criteria: {root}/cstr/criteria.yaml
catalogue: {{attack_ics: ["18.1"], atlas: "5.6.1"}}
seed: 1
scenarios: [{root}/cstr/saf_001_all_control_lost.yaml]
record: {{traces: {{worst: 1, failed: 1, random: 1}}, rows: all}}
budget: {{wall: 1 min, memory_per_worker: 500 MB, disk: 10 MB}}
"""


def suite(tmp_path, cross):
    file = tmp_path / "suite.yaml"
    file.write_text(HEAD.format(root=SCENARIOS.as_posix()) + f"cross:\n  - {cross}\n")
    return resolve_suite(file)


def problems(tmp_path, cross):
    with pytest.raises(InputError) as error:
        suite(tmp_path, cross)
    return error.value.problems


def test_a_crossing_asks_the_same_question_in_another_phase(tmp_path):
    found = suite(tmp_path, "{of: [SAF-001], phase: [LOAD]}").scenarios
    assert list(found) == ["SAF-001", "SAF-001.LOAD"]
    crossed = found["SAF-001.LOAD"]
    assert (crossed.spec.phase, crossed.base, crossed.row) == ("LOAD", "SAF-001", found["SAF-001"].row)
    assert crossed.spec.question.endswith(", in the phase LOAD?")


def test_a_crossing_may_ask_other_requirements(tmp_path):
    found = suite(tmp_path, "{of: [SAF-001], ai: [rout], requirements: [R-01]}").scenarios
    assert found["SAF-001.rout"].ai.mode == "ROUT"
    assert list(found["SAF-001.rout"].requirements) == ["R-01"]


def test_a_question_and_its_crossing_share_their_draws(tmp_path):
    """Same onsets, same noise: what differs between the two is the phase's doing."""
    shop = Workshop(suite(tmp_path, "{of: [SAF-001], phase: [LOAD]}"))
    main, crossed = (
        shop.traces(Job(key, MAIN, 0, 3, 120_000), everything=True) for key in ("SAF-001", "SAF-001.LOAD")
    )
    np.testing.assert_array_equal(main.samples("threat.valve_shut"), crossed.samples("threat.valve_shut"))
    assert not np.array_equal(main.samples("true.feed_flow"), crossed.samples("true.feed_flow"))


@pytest.mark.parametrize(
    ("cross", "got", "line", "column"),
    [
        ("{of: [SAF-002], phase: [LOAD]}", "'SAF-002'", 12, 11),
        ("{of: [SAF-001], phase: [LOAD], ai: [rout]}", "phase and ai", 12, 5),
        ("{of: [SAF-001]}", "none of them", 12, 5),
        ("{of: [SAF-001], ai: [raut]}", "'raut'", 12, 26),
        ("{of: [SAF-001], phase: [LUNCH]}", "'LUNCH'", 12, 29),
    ],
)
def test_a_crossing_that_cannot_be_is_refused_at_its_place(tmp_path, cross, got, line, column):
    (problem,) = problems(tmp_path, cross)
    assert problem.got == got
    assert (problem.line, problem.column) == (line, column)


ABOUT = "scenarios: [{root}/cstr/adv_009_single_tag_attack.yaml]"


def aimed(tmp_path, cross):
    """A suite about the question whose threat lies about one input."""
    head = HEAD.replace("scenarios: [{root}/cstr/saf_001_all_control_lost.yaml]", ABOUT)
    file = tmp_path / "suite.yaml"
    file.write_text(head.format(root=SCENARIOS.as_posix()) + f"cross:\n  - {cross}\n")
    return resolve_suite(file).scenarios


def test_a_question_about_one_input_is_asked_about_others_and_of_another_variant(tmp_path):
    found = aimed(tmp_path, "{of: [ADV-009], ai: [rcas], input: [TT-103, ZT-101], requirements: [R-01]}")
    assert list(found) == ["ADV-009", "ADV-009.rcas.TT-103", "ADV-009.rcas.ZT-101"]
    last = found["ADV-009.rcas.ZT-101"]
    assert (last.variant, last.threats[0].target, last.base) == ("rcas", "ZT-101", "ADV-009")
    assert list(last.requirements) == ["R-01"]
    assert last.spec.question.endswith(", with the AI rcas, about ZT-101?")
    assert found["ADV-009"].threats[0].target == "TT-101"


def test_an_input_that_the_variant_does_not_have_is_refused_at_its_place(tmp_path):
    with pytest.raises(InputError) as error:
        aimed(tmp_path, "{of: [ADV-009], ai: [rcas], input: [AT-105]}")
    (problem,) = error.value.problems
    assert (problem.got, problem.line, problem.column) == ("'AT-105'", 12, 41)


def test_a_question_that_lies_about_no_input_cannot_be_asked_about_another(tmp_path):
    (problem,) = problems(tmp_path, "{of: [SAF-001], input: [TT-103]}")
    assert problem.got == "'TT-103'"

"""Shapes of the files: each kind of mistake is refused with its place and what was wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.core.errors import InputError, Problem
from simulator.core.quantity import Choice, Fixed, LogNormal, Normal, Quantity, Uniform
from simulator.scenario.schema.check import check
from simulator.scenario.schema.criteria import Criteria
from simulator.scenario.schema.plant import Plant
from simulator.scenario.schema.requirements import Requirements
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.schema.suite import Suite
from simulator.scenario.yaml_file import parse

HEAD = "schema: 1\nid: A-1\nquestion: Does it?\nplant: tank\nduration: 60 s\nrequirements: [R-1]\n"
THREAT = "threats:\n  - {name: t, kind: bias, tap: sensor, onset: 1 s, magnitude: 1 K, %s}\n"


def scenario(text: str) -> Scenario:
    return check(parse(text, Path("s.yaml"), "s.yaml"), Scenario)


def refused(text: str, model: type = Scenario) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        check(parse(text, Path("s.yaml"), "s.yaml"), model)
    return caught.value.problems


def only(text: str) -> Problem:
    (problem,) = refused(text)
    return problem


def drawn(text: str) -> object:
    return scenario(HEAD + f"start: {{level: {text}}}\n").start["level"]


def duration(text: str) -> Problem:
    return only(HEAD.replace("60 s", text))


def test_a_bare_number_is_refused_with_what_to_write():
    assert str(duration("60")) == (
        "s.yaml:5:11  duration: got 60, wanted a duration with its unit, such as 60 s\n"
        "    5 | duration: 60\n"
        "      |           ^^"
    )


@pytest.mark.parametrize(
    ("text", "got", "wanted"),
    [
        ("-5 s", "'-5 s'", "a duration that is not negative"),
        ("0 s", "'0 s'", "a duration above zero"),
        ("5 K", "'5 K'", "a duration with its unit, such as 60 s"),
        ("0.5 ms", "'0.5 ms'", "whole milliseconds"),
        ("4000 d", "'4000 d'", "a duration of at most 3650 d"),
        ("1e300 h", "'1e300 h'", "a duration of at most 3650 d"),
        ("true", "true", "a duration with its unit, such as 60 s"),
        ("[1 s]", "a list", "a duration with its unit, such as 60 s"),
        ("5 sec", "unit 'sec'", "a duration with its unit, such as 60 s"),
        ("nan s", "'nan s'", "a duration with its unit, such as 60 s"),
    ],
)
def test_what_is_no_duration_is_refused(text, got, wanted):
    problem = duration(text)
    assert (problem.got, problem.wanted, problem.where, problem.line) == (got, wanted, "duration", 5)


def test_durations_become_whole_milliseconds():
    assert scenario(HEAD.replace("60 s", "1.5 min")).duration == 90_000
    assert scenario(HEAD.replace("60 s", "0.1 s")).duration == 100


def test_an_unknown_key_is_told_at_its_place_with_the_nearest_known_one():
    problem = only(
        HEAD + "threats:\n  - name: t\n    kind: bias\n    tap: sensor\n    onset: 1 s\noperater: none\n"
    )
    assert (problem.line, problem.column, problem.where) == (12, 1, "operater")
    assert problem.hint.startswith("did you mean operator ?")


def test_an_unknown_key_deep_inside_is_compared_with_the_keys_of_its_own_mapping():
    suite = Path(__file__).parents[3] / "scenarios/suites/cstr_predeployment.yaml"
    text = suite.read_text(encoding="utf-8").replace("memory_per_worker:", "memory_per_workr:")
    absent, unknown = sorted(refused(text, Suite), key=lambda problem: problem.got)
    assert (absent.got, absent.wanted) == ("nothing", "the key 'memory_per_worker'")
    assert (unknown.got, unknown.where) == ("the key 'memory_per_workr'", "budget.memory_per_workr")
    assert unknown.hint.startswith("did you mean memory_per_worker ?")


def test_a_missing_key_is_told_where_its_mapping_stands():
    problem = only(HEAD + "threats:\n  - name: t\n    kind: bias\n    onset: 1 s\n")
    assert (problem.got, problem.wanted) == ("nothing", "the key 'tap'")
    assert (problem.line, problem.where) == (8, "threats[0]")


def test_an_unknown_word_of_a_closed_list_is_told_with_the_nearest():
    problem = only(HEAD + "operator: {reaction: 5 s, acts_on: {TT-1.H: overide}}\n")
    assert problem.wanted == "one of override, rearm, reset, start, run, load, shutdown"
    assert problem.hint.startswith("did you mean override ?")
    assert (problem.line, problem.column, problem.width) == (7, 45, 7)


def test_the_kind_of_yaml_value_is_checked_too():
    assert only(HEAD + "threats: none\n").wanted == "a list"
    assert only(HEAD + "threats: [none]\n").wanted == "a mapping (key: value)"
    assert only(HEAD.replace("schema: 1", "schema: 2")).wanted == "1"
    assert only(HEAD.replace("A-1", "'no name'")).wanted.startswith("a name")
    assert only(HEAD + "start: nominl\n").hint.startswith("did you mean nominal ?")


def test_distributions_are_read_with_their_units():
    assert drawn("5 cm") == Fixed(5.0, "cm")
    assert drawn("{uniform: [1 cm, 2 cm]}") == Uniform(1.0, 2.0, "cm")
    assert drawn("{uniform: [1, 5]}") == Uniform(1.0, 5.0, "1")
    assert drawn("{normal: {mean: 5 cm, sd: 1 mm}}") == Normal(5.0, 0.1, "cm")
    assert drawn("{lognormal: {median: 5 cm, spread: 2}}") == LogNormal(5.0, 2.0, "cm")
    assert drawn("{choice: [1 cm, 20 mm]}") == Choice((1.0, 2.0), "cm")


@pytest.mark.parametrize(
    ("text", "where", "wanted"),
    [
        ("{unifrm: [1 s, 2 s]}", "unifrm", "a value or one distribution"),
        ("{uniform: [5 s, 2 s]}", "uniform[1]", "at least 5 s"),
        ("{uniform: [1 s, 2 K]}", "uniform[1]", "a unit that fits 1 s"),
        ("{uniform: [1 s]}", "uniform", "two quantities, [lowest, highest]"),
        ("{choice: []}", "choice", "a list of values"),
        ("{choice: [1 s, 2 K]}", "choice[1]", "a unit that fits 1 s"),
        ("{normal: {mean: 60 s}}", "normal", "the key 'sd'"),
        ("{normal: {mean: 60 s, sd: 1 K}}", "normal.sd", "a difference in s"),
        ("{normal: {mean: 60 s, sdev: 1 s}}", "normal.sdev", "mean and sd"),
        ("{lognormal: {median: 0 s, spread: 2}}", "lognormal.median", "a median above zero"),
        ("{lognormal: {median: 9 s, spread: 0.5}}", "lognormal.spread", "a plain factor from 1 to 100"),
    ],
)
def test_a_wrong_distribution_is_told_at_the_part_that_is_wrong(text, where, wanted):
    problem = only(HEAD + f"operator: {{reaction: {text}, acts_on: {{TT-1.H: reset}}}}\n")
    assert (problem.where, problem.wanted) == (f"operator.reaction.{where}", wanted)
    assert text[1:-1].find(problem.source[problem.column - 1 :][: problem.width]) >= 0


def test_a_distribution_of_durations_must_not_reach_below_zero():
    """Draws are cut at four standard deviations: 60 s with 20 s reaches -20 s."""
    problem = only(
        HEAD + "operator: {reaction: {normal: {mean: 60 s, sd: 20 s}}, acts_on: {TT-1.H: reset}}\n"
    )
    assert problem.got == "durations from -20 s"


def test_keys_of_a_threat_that_belong_to_its_kind_are_kept_for_the_table_of_kinds():
    threat = scenario(HEAD + THREAT % "gain: {uniform: [1, 5]}, search: {onset: [1 s, 9 s]}").threats[0]
    assert threat.parameters == {"magnitude": Fixed(1.0, "K"), "gain": Uniform(1.0, 5.0)}
    assert threat.search == {"onset": (Quantity(1.0, "s"), Quantity(9.0, "s"))}
    assert only(HEAD + THREAT % "gain: [1]").where == "threats[0].gain"


def test_a_requirement_is_exactly_one_of_three():
    text = "schema: 1\nplant: tank\nrequirements:\n  R-1: {code: C0, text: It holds.%s}\n"
    (none,) = refused(text % "", Requirements)
    (both,) = refused(text % ", formula: x, design_check: independence", Requirements)
    assert none.where == both.where == "requirements.R-1"
    assert (none.got, both.got) == ("none of them", "formula and design_check")


COMPARE = "schema: 1\nplant: tank\nrequirements:\n  R-1: {code: C0, text: Cheap., compare: %s}\n"


@pytest.mark.parametrize(
    "compare",
    [
        "{metric: cost_index, without: [threats], at_most: 100 %}",
        "{metric: cost_index, without: [pid], at_most: 100 %}",
        "{metric: cost_index, without: [ai, ai], at_most: 100 %}",
        "{metric: cost_index, without: [], at_most: 100 %}",
        "{metric: cost_index, without: [ai]}",
        "{metric: cost_index, without: [ai], equal: true}",
        "{metric: cost_index, without: [ai], at_most: 100}",
        "{metric: trace_digest, without: [ai], at_most: 100 %}",
    ],
)
def test_costs_are_compared_with_the_run_without_the_ai_and_nothing_else_is(compare):
    assert refused(COMPARE % compare, Requirements)
    fine = "{metric: cost_index, without: [ai], at_most: 100 %}"
    read = check(parse(COMPARE % fine, Path("s.yaml"), "s.yaml"), Requirements)
    assert read.requirements["R-1"].compare.without == ("ai",)


def test_other_criteria_are_no_condition_of_a_verdict(package):
    text = (package.folder / "questions/criteria.yaml").read_text(encoding="utf-8")
    (problem,) = refused(text.replace("[A FAIL]", "[other criteria]"), Criteria)
    assert problem.where == "verdict[0].NO-GO[0]"


def test_a_plant_with_several_mistakes_is_told_all_of_them_with_line_and_column(package):
    package.edit("tank/plant.yaml", "lag: 3 s", "lag: 3")
    package.edit("tank/plant.yaml", "vote: 1oo2", "vote: two")
    package.edit("tank/plant.yaml", "fails: closed, ", "")
    package.edit("tank/plant.yaml", "action: reverse", "action: revers")
    package.edit("tank/plant.yaml", "alarms: {L: 300 K,", "alarms: {LO: 300 K,")
    text = (package.folder / "tank/plant.yaml").read_text(encoding="utf-8")
    problems = refused(text, Plant)
    assert sorted(problem.where for problem in problems) == [
        "final_elements.HV-1",
        "loops.TIC-1.action",
        "measurements.TT-1.alarms.LO",
        "measurements.TT-1.lag",
        "sifs.SIF-1.trips[0].vote",
    ]
    assert all(problem.line and problem.column and problem.source for problem in problems)
    assert next(p for p in problems if p.where.endswith("action")).hint.startswith("did you mean reverse ?")


def test_the_verdicts_conditions_are_a_closed_list(package):
    text = (package.folder / "questions/criteria.yaml").read_text(encoding="utf-8")
    (problem,) = refused(text.replace("[A FAIL]", "[A FAILS]"), Criteria)
    assert problem.where == "verdict[0].NO-GO[0]"
    assert problem.hint.startswith("did you mean A FAIL ?")

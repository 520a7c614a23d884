"""The robustness study of a suite file: what it may say, and where each mistake is shown."""

from __future__ import annotations

import pytest

from simulator.campaign.jobs import plan
from simulator.scenario.build.balance import Altered
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.vary import variations

STUDY = """\
robustness:
  of: all
  requirements: [R-01]
  replicas: 8
  parameters:
    losses: {input: losses, factors: [0.5, 2], tolerance: [0.5, 1]}
    lag: {lag: all, factors: [3], tolerance: [1, 1]}
    stroke: {stroke: [XV-1A], factors: [1.5], tolerance: [1, 1.5]}
record:"""
LOSSES = '("room", "K", 290.0)'


@pytest.fixture
def study(package):
    package.edit("suites/suite.yaml", "record:", STUDY)
    package.edit("tank/model.py", LOSSES, f'{LOSSES}, ("losses", "1", 1.0)')
    return package


def test_every_parameter_and_factor_becomes_a_plant(study):
    suite = resolve_suite(study.suite)
    plant = suite.plant.spec
    found = {one.text: one.of(plant) for one in variations(suite.spec.robustness)}
    assert list(found) == ["losses=0.5", "losses=2", "lag=3", "stroke=1.5"]
    assert found["losses=2"] == Altered(inputs={"losses": 2.0})
    assert found["lag=3"] == Altered(lags={"TT-1": 3.0}), "the only transmitter with a lag"
    assert found["stroke=1.5"] == Altered(strokes={"XV-1A": 1.5})


def test_one_block_a_question_holds_the_nominal_plant_and_every_other(study):
    jobs = [job for job in plan(resolve_suite(study.suite)) if job.variant == "sweep"]
    assert {(job.scenario, job.n, job.groups) for job in jobs} == {("SNS-002", 8, 5), ("CTL-001", 8, 5)}
    fewer = plan(resolve_suite(study.suite), replicas=3, only=("SNS-002",))
    assert [(job.scenario, job.n) for job in fewer if job.variant == "sweep"] == [("SNS-002", 3)]


@pytest.mark.parametrize(
    ("old", "new", "place", "wanted"),
    [
        ("input: losses, ", "input: loss, ", "parameters.losses.input", "an input of the physics of tank"),
        ("input: losses, ", "input: room, ", "parameters.losses.input", "an input that stands still"),
        ("input: losses, ", "input: heater, ", "parameters.losses.input", "an input that stands still"),
        ("{input: losses, ", "{", "parameters.losses", "exactly one of input, lag and stroke"),
        ("lag: all, ", "lag: [TT-1, LT-2], ", "parameters.lag.lag[1]", "a transmitter with a lag"),
        ("stroke: [XV-1A]", "stroke: [XV-1C]", "parameters.stroke.stroke", "a final element"),
        ("[R-01]\n  rep", "[R-22]\n  rep", "requirements[0]", "a requirement that is a formula"),
        ("of: all\n  req", "of: [SNS-001]\n  req", "of[0]", "a scenario of the suite"),
        ("factors: [0.5, 2]", "factors: [0.5, 1]", "parameters.losses", "a factor other than 1"),
        ("factors: [0.5, 2]", "factors: [0.5, 0.5]", "parameters.losses", "each factor once"),
        ("factors: [0.5, 2]", "factors: [0.5, -2]", "parameters.losses.factors[1]", "a factor above 0"),
        ("tolerance: [0.5, 1]", "tolerance: [2, 2]", "parameters.losses.tolerance", "a band around 1"),
        ("tolerance: [0.5, 1]", "tolerance: [0.7, 1]", "parameters.losses.tolerance[0]", "1 or one of"),
        ("replicas: 8\n  par", "replicas: 8\n  longest: 5 min\n  par", "longest", "at least 15 min"),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_where_it_stands(study, old, new, place, wanted):
    study.edit("suites/suite.yaml", old, new)
    problem = study.problem()
    assert problem.where.startswith(f"robustness.{place}")
    assert wanted in problem.wanted
    lines = (study.folder / "suites/suite.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1] == problem.source
    assert _OF[place.removeprefix("parameters.").partition(".")[0].partition("[")[0]] in problem.source
    assert problem.column > 0


_OF = {
    "losses": "losses: {", "lag": "lag: {", "stroke": "stroke: {", "requirements": "[R-22]",
    "of": "[SNS-001]", "longest": "5 min",
}  # fmt: skip

"""A small plant-year, from its questions to demands per year and the page that tells them."""

from __future__ import annotations

import dataclasses
import shutil

import pytest
from questions import SCENARIOS, SUITE
from test_montecarlo import SHUT, quiet

from simulator.campaign.montecarlo.campaign import Hands, Options, carry_on, start
from simulator.campaign.montecarlo.parts import Parts
from simulator.campaign.montecarlo.sizes import YEAR, of_questions, of_year
from simulator.core.errors import InputError
from simulator.report import demands
from simulator.report.folder import load
from simulator.report.page import render
from simulator.scenario.resolve import resolve_suite

HOUR = """\
schema: 1
id: CALM
question: Is it calm?
plant: cstr
duration: 40 s
start: nominal
operator: none
requirements: [R-01]
"""
MUTE = """\
schema: 1
id: MUTE
question: What if the AI falls silent?
plant: cstr
duration: 40 s
threats:
  - {name: event, kind: halt, tap: heartbeat, onset: 5 s}
operator: none
requirements: [R-01]
"""
TWO = """\
year:
  source: a test
  quiet: {CALM: 100 %}
  events:
    - {of: SHUT, event: valve shut, frequency: 0.5 /yr}
    - {of: MUTE, event: AI silent, frequency: 0.25 /yr}
"""
RUNS = 24


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("year")
    for name, text in (("calm", HOUR), ("shut", SHUT), ("mute", MUTE)):
        (folder / f"{name}.yaml").write_text(text)
    text = SUITE.format(at=SCENARIOS.as_posix(), names="calm.yaml, shut.yaml, mute.yaml")
    (folder / "suite.yaml").write_text(text + TWO)
    return resolve_suite(folder / "suite.yaml")


@pytest.fixture(scope="module")
def ended(suite, tmp_path_factory):
    """Folder, plan and outcome of a campaign of it."""
    sizes = of_year(suite, RUNS * 40_000 / YEAR, RUNS)
    options = Options(tmp_path_factory.mktemp("results"), sizes, without=True, plant_years=sizes["CALM"])
    layout, plan = start(suite, options)
    return layout, plan, carry_on(suite, layout, plan, Hands(), quiet)


def test_quiet_time_comes_to_the_years_that_were_asked_for(suite):
    assert of_year(suite, 1.0, 7) == {"CALM": YEAR // 40_000, "SHUT": 7, "MUTE": 7}
    assert of_questions(suite, 5, ["MUTE"]) == {"MUTE": 5}
    with pytest.raises(InputError, match="--only NOISE"):
        of_questions(suite, 5, ["NOISE"])


def test_an_event_is_counted_in_both_variants_and_the_ais_own_in_one(ended):
    layout, plan, outcome = ended
    shut, mute = outcome["year"]["events"]
    rows = [next(Parts(layout).of(one)) for one in plan.asked if one.scenario == "SHUT"]
    tripped = [(row["trip.SIF-101"] >= 0).sum() for row in rows]
    assert [shut["variants"][v]["demands"]["any"] for v in ("main", "without-ai")] == tripped
    assert shut["variants"]["main"]["rate"]["estimate"] == pytest.approx(0.5 * tripped[0] / RUNS)
    assert set(mute["variants"]) == {"main"}
    assert (mute["of_the_ai"], mute["ratio"], mute["pairs"]) == (True, None, None)
    both = shut["pairs"]
    assert both["both"] + both["only_with_ai"] == tripped[0]
    assert both["both"] + both["only_without"] == tripped[1]


def test_the_whole_is_the_sum_of_its_parts(ended):
    year = ended[2]["year"]
    parts = [one["variants"]["main"]["rate"]["estimate"] for one in (*year["quiet"], *year["events"])]
    total = year["totals"]["main"]["rate"]
    assert total["estimate"] == pytest.approx(sum(parts))
    assert total["low"] < total["estimate"] < total["high"]
    assert year["totals"]["main"]["simulated_years"] == pytest.approx(RUNS * 40_000 / YEAR)
    (phase,) = year["phases"]
    assert phase["variants"]["main"]["estimate"] == pytest.approx(total["estimate"])
    assert year["added"]["high"] < total["high"]


def test_a_suite_without_a_year_says_what_is_missing(suite):
    plain = suite.spec.model_copy(update={"year": None})

    with pytest.raises(InputError, match="no key 'year'"):
        of_year(dataclasses.replace(suite, spec=plain), 1.0, 1)


def test_the_page_tells_the_rates_and_that_they_are_no_sil(ended):
    layout = ended[0]
    folder = load(layout)
    assert [row["name"] for row in demands.totals(folder)][:2] == ["all", "in this one only, on the same day"]
    assert [row["name"] for row in demands.events(folder)] == ["valve shut", "AI silent"]
    text = render(folder)
    assert "No SIL and no PFD follows from them" in text
    assert "cannot come" in text
    assert "a test" in demands.about(folder)["year"]["source"]


def test_without_a_campaign_the_page_claims_nothing(ended, tmp_path):

    other = tmp_path / "asked" / "0001-00000000"
    shutil.copytree(ended[0].root, other)
    (other / "campaign.json").unlink()
    folder = load(type(ended[0])(other))
    assert demands.about(folder) == {}
    assert demands.lines(folder) == []
    assert "demand rates are not known" in render(folder)

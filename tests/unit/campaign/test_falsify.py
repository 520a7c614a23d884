"""A search for counterexamples: what it writes violates again, and what it does not find is no PASS."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from questions import SCENARIOS, shop

from simulator.campaign.falsify import counterexamples
from simulator.campaign.falsify.asked import Asked
from simulator.campaign.falsify.campaign import falsify
from simulator.campaign.falsify.evidence import over_tcp
from simulator.campaign.jobs import MAIN, Job
from simulator.cli import run
from simulator.core.errors import InputError, Interrupted
from simulator.core.verdict import Exit
from simulator.record.reader import changed, rows

HOT = """\
schema: 1
id: HOT
question: Can the feed's temperature move the reactor by 5 K?
plant: cstr
duration: 60 s
threats:
  - name: heat
    kind: profile
    tap: process
    target: feed_temperature
    onset: {{uniform: [5 s, 10 s]}}
    piece: 5 s
    levels: [{level}, {level}, {level}]
  - name: idle
    kind: bias
    tap: sensor
    target: TT-102
    onset: 5 s
    magnitude: {{uniform: [-0.1 K, 0.1 K]}}
operator: none
requirements: [{asked}]
"""
WIDE, NARROW = "{uniform: [250 K, 450 K]}", "{uniform: [349 K, 351 K]}"


def suite(folder, level=WIDE, asked="R-78, R-01"):
    """A suite of one question."""
    (folder / "hot.yaml").write_text(HOT.format(level=level, asked=asked))
    return shop(folder, folder / "hot.yaml").suite


def quiet(*_):
    """No progress."""


@pytest.fixture(autouse=True, scope="module")
def two_of_each():
    """Fewer are shrunk than a user wants: the test is short."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counterexamples, "SHRUNK", 2)
        yield


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A search that finds."""
    folder = tmp_path_factory.mktemp("found")
    asked = Asked("HOT", ("R-78",), 40, control=("none",), results=folder / "results", into=folder / "kept")
    return (folder, *falsify(suite(folder), asked, quiet))


def test_what_is_found_is_a_scenario_that_a_suite_can_list_and_that_violates_again(found):
    folder, layout, outcome = found
    assert outcome["verdict"] == "FAIL"
    assert outcome["exit"] == 1
    for one in outcome["counterexamples"]:
        assert one["violated"]
        assert one["identical"]
        copy = folder / "kept" / one["file"].rpartition("/")[2]
        assert copy.read_bytes() == (layout.root / one["file"]).read_bytes()
        work = shop(folder, copy)
        done = work.run(Job(one["id"], MAIN, 0, 1, work.suite.scenarios[one["id"]].duration))
        assert done.columns["R-78.truth"][0] < 0
        assert float(done.columns["R-78.margin"][0]) == one["margin"]


def test_a_counterexample_is_less_than_what_was_found(found):
    folder, _, outcome = found
    first = outcome["counterexamples"][0]
    assert first["acts"] == ["heat"]  # the other threat does nothing
    assert first["duration"] < 60_000
    (threat,) = (
        shop(folder, folder / "kept" / first["file"].rpartition("/")[2]).suite.scenarios[first["id"]].threats
    )
    worst = outcome["requirements"][0]["at"]
    levels = [source.bounds[0] for name, source in threat.parameters.items() if name.startswith("levels")]
    assert len(levels) < 3 or max(abs(x - 350) for x in levels) < max(
        abs(float(text.split()[0]) - 350) for name, text in worst.items() if "levels" in name
    )


def test_it_is_tried_in_fresh_noises_and_says_of_how_many(found):
    fresh = found[2]["counterexamples"][0]["fresh"]
    assert fresh["n"] == 59  # as the criteria plan it for the code of R-78
    assert 0 <= fresh["at_least"] <= fresh["violated"] / fresh["n"]


def test_it_is_the_same_with_its_ai_behind_modbus_tcp(found):
    folder, _, outcome = found
    (one, *_) = outcome["counterexamples"]
    same, incidents = over_tcp(shop(folder, folder / "kept" / one["file"].rpartition("/")[2]).suite)
    assert incidents == ()
    assert same


def test_a_second_search_overwrites_no_copy(found, tmp_path):
    folder, _, first = found
    asked = Asked("HOT", ("R-78",), 20, control=("none",), results=tmp_path, into=folder / "kept")
    _, outcome = falsify(suite(tmp_path), asked, quiet)
    ids = {one["id"] for one in first["counterexamples"]}
    assert outcome["counterexamples"]
    assert not ids & {one["id"] for one in outcome["counterexamples"]}


def test_the_folder_is_sealed_and_its_rows_are_what_the_search_has_seen(found):
    _, layout, outcome = found
    assert changed(layout) == []
    kept = rows(layout, "HOT", "search")
    assert len(kept["replica"]) == outcome["simulations"]["search"] == 40
    assert (kept["R-78.truth"] < 0).sum() == outcome["requirements"][0]["violations"]
    assert json.loads((layout.root / "falsify.json").read_text())["verdict"] == "FAIL"


def test_the_same_seed_finds_the_same(found, tmp_path):
    again = falsify(suite(tmp_path), Asked("HOT", ("R-78",), 40, control=("none",), results=tmp_path), quiet)[
        1
    ]
    assert again["requirements"] == found[2]["requirements"]
    assert [one["sentence"] for one in again["counterexamples"]] == [
        one["sentence"] for one in found[2]["counterexamples"]
    ]


def test_where_the_control_finds_what_the_search_does_not_it_is_none_found_and_never_pass(tmp_path):
    wide = "{uniform: [320 K, 380 K]}"
    asked = Asked("HOT", (), 30, control=("remove:SIF-101",), results=tmp_path)
    _, outcome = falsify(suite(tmp_path, wide, "R-01"), asked, quiet)
    assert outcome["controls"][0]["first"]
    assert (outcome["verdict"], outcome["exit"]) == ("NONE FOUND", 0)
    assert "no proof" in outcome["requirements"][0]["why"]
    assert "PASS" not in json.dumps(outcome)


def test_a_control_without_harm_makes_the_search_void(tmp_path):
    asked = Asked("HOT", (), 6, control=("remove:readback",), results=tmp_path)
    _, outcome = falsify(suite(tmp_path, NARROW), asked, quiet)
    assert outcome["verdict"] == "VOID"
    assert outcome["exit"] == 3


def test_a_search_without_any_control_is_inconclusive(tmp_path):
    asked = Asked("HOT", (), 6, control=("none",), results=tmp_path)
    _, outcome = falsify(suite(tmp_path, NARROW), asked, quiet)
    assert outcome["verdict"] == "INCONCLUSIVE"
    assert outcome["exit"] == 3


def test_a_requirement_whose_condition_never_occurs_is_inconclusive(tmp_path):
    """R-09 speaks of a reactor above 360 K."""
    asked = Asked("HOT", (), 6, control=("none",), results=tmp_path)
    _, outcome = falsify(suite(tmp_path, NARROW, "R-09"), asked, quiet)
    (told,) = outcome["requirements"]
    assert (told["exercised"], told["verdict"]) == (0, "INCONCLUSIVE")
    assert "never occurred" in told["why"]


def test_what_fails_at_nominal_is_told_and_not_searched(tmp_path):
    level = "{uniform: [440 K, 450 K]}"
    asked = Asked("HOT", ("R-78",), 500, control=("none",), results=tmp_path)
    _, outcome = falsify(suite(tmp_path, level), asked, quiet)
    (told,) = outcome["requirements"]
    assert told["fails_at_nominal"]
    assert "nothing needs to be searched" in told["why"]
    assert outcome["simulations"]["search"] == 1
    assert outcome["counterexamples"]


def test_a_search_that_is_stopped_keeps_its_rows_in_a_folder_that_proves_nothing(tmp_path):
    asked_of = suite(tmp_path)
    short = replace(
        asked_of, spec=asked_of.spec.model_copy(update={"budget": _no_time(asked_of.spec.budget)})
    )
    with pytest.raises(Interrupted, match="budget of"):
        falsify(short, Asked("HOT", (), 500, results=tmp_path / "results"), quiet)
    (root,) = (tmp_path / "results" / "asked.falsify").iterdir()
    assert not (root / "stop.json").exists()
    assert list((root / "rows" / "HOT").glob("search-*.csv"))


def _no_time(budget):
    return budget.model_copy(update={"wall": 500})


def refused(told, asked):
    """The problems of a search that cannot be."""
    with pytest.raises(InputError) as caught:
        falsify(told, asked, quiet)
    return str(caught.value)


def test_unknown_ids_are_told_with_those_that_are_known(tmp_path):
    told = suite(tmp_path)
    assert "did you mean HOT" in refused(told, Asked("HUT", results=tmp_path))
    text = refused(told, Asked("HOT", ("R-79", "R-07"), results=tmp_path))
    assert text.count("wanted one that HOT is asked") == 2
    assert "novelty" in refused(told, Asked("HOT", control=("remove:noveltie",), results=tmp_path))
    assert not list(tmp_path.glob("*.falsify"))


def test_a_question_in_which_nothing_varies_has_nothing_to_search(tmp_path):
    told = suite(tmp_path, "350 K")
    spec = told.scenarios["HOT"].spec
    still = tmp_path / "still.yaml"
    text = HOT.format(level="350 K", asked="R-01").replace("{uniform: [5 s, 10 s]}", "5 s")
    still.write_text(text.replace("{uniform: [-0.1 K, 0.1 K]}", "0.1 K"))
    assert spec.id == "HOT"
    assert "wanted something to search" in refused(
        shop(tmp_path, still).suite, Asked("HOT", results=tmp_path)
    )


def test_threats_on_connections_are_not_searched_in_process(tmp_path):
    told = shop(tmp_path, SCENARIOS / "cstr" / "mbx_017_stolen_ai_identity.yaml").suite
    assert "ai_write" in refused(told, Asked("MBX-017", ("R-01",), results=tmp_path))


def test_a_result_does_not_depend_on_workers(found, tmp_path):
    asked = Asked("HOT", ("R-78",), 40, workers=2, control=("none",), results=tmp_path)
    _, outcome = falsify(suite(tmp_path), asked, quiet)
    assert outcome["requirements"] == found[2]["requirements"]
    assert np.isfinite(outcome["requirements"][0]["worst"])


def test_the_command_says_what_it_found_and_leaves_with_its_exit_code(tmp_path, capsys):
    suite(tmp_path, "{uniform: [440 K, 450 K]}")
    line = [
        "falsify",
        str(tmp_path / "suite.yaml"),
        "--only",
        "HOT",
        "--requirement",
        "R-78",
        "--workers",
        "1",
    ]
    more = ["--control", "none", "--results", str(tmp_path / "results"), "--quiet"]
    assert run([*line, *more]) is Exit.FAILED
    shown = " ".join(capsys.readouterr().out.split())
    assert "FAIL violated: R-78" in shown
    assert "repeats it bit for bit" in shown
    assert run([*line[:2], "--only", "HUT", *more]) is Exit.BAD_INPUT

"""An envelope of a real question: what it asks, what it leaves, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from questions import SCENARIOS, shop

from simulator.campaign.envelope.asked import Options, asked
from simulator.campaign.envelope.builds import builds
from simulator.campaign.envelope.study import envelope
from simulator.campaign.envelope.verdicts import ORDER, UNKNOWN, UNSAFE, Measured
from simulator.campaign.experiment import Experiment
from simulator.campaign.jobs import MAIN, Job
from simulator.cli import run
from simulator.core.errors import InputError
from simulator.core.verdict import Exit
from simulator.record.layout import Layout
from simulator.record.reader import changed, rows
from simulator.report.surveyed import maps
from simulator.report.surveys import survey

BIAS = """\
schema: 1
id: SNS-002
question: How far may the thermometer lie, and when?
plant: cstr
duration: 90 s
threats:
  - name: bias
    kind: bias
    tap: sensor
    target: TT-101
    onset: {uniform: [5 s, 60 s]}
    lasts: 500 s
    magnitude: {choice: [-12 K, 0 K]}
operator: none
requirements: [R-01, R-02]
"""
SMALL = Options(
    "SNS-002", "bias.onset", "bias.magnitude", budget=40, replicas=2, coarse=4, finest=8, sizes=3, repeats=2
)


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bias")
    (folder / "bias.yaml").write_text(BIAS)
    return shop(folder, folder / "bias.yaml", SCENARIOS / "cstr" / "saf_010_recoverable_region.yaml").suite


@pytest.fixture(scope="module")
def found(suite, tmp_path_factory):
    options = replace(SMALL, results=tmp_path_factory.mktemp("results"))
    return envelope(suite, options, lambda *_: None)


def test_each_build_is_surveyed_on_the_same_noise_and_guards_save_what_the_ai_alone_loses(found):
    layout, told = found
    alone, guarded, whole = told["builds"]
    assert alone["points_by_kind"]["UNSAFE"] > 0
    assert guarded["points_by_kind"]["UNSAFE"] == whole["points_by_kind"]["UNSAFE"] == 0
    assert guarded["points_by_kind"]["fallback"] > 0
    assert {"input_guard", "output_guard", "watchdog", "SIF-101"} <= set(alone["removed"])
    assert set(guarded["removed"]) == {"SIF-101", "SIF-102", "SIF-103"}
    assert whole["removed"] == []
    for one in told["builds"]:
        assert sum(one["shares"].values()) == pytest.approx(1.0)
        assert one["points"] <= 40
        record = rows(layout, "SNS-002", one["key"])
        assert len(record["noise"]) == one["runs"] == 2 * one["points"]
        assert record["noise"].tolist() == [0, 1] * one["points"]


def test_the_folder_stands_alone_and_its_plan_is_hashed(found):
    layout, told = found
    start = json.loads(layout.start.read_text())
    assert start["kind"] == "envelope"
    assert len(start["plan_sha256"]) == 64
    assert start["plan"]["builds"]["all"] == []
    assert changed(layout) == []
    assert layout.root.parent.name == "asked.envelope"
    curve = rows(layout, "SNS-002", "curve0-alone")
    assert np.unique(curve["value"]).tolist() == [-12.0, -6.0, 0.0]  # a list of choices is gone along evenly
    cells = rows(layout, "SNS-002", "cells-all")
    assert (cells["u.width"] ** 2).sum() == pytest.approx(1.0)
    assert cells["x.1"].max() == 60.0
    assert told["axes"][1]["low"] == -12.0


def test_the_worst_run_is_a_scenario_that_repeats_it(found, tmp_path):
    layout, told = found
    again = shop(tmp_path, layout.root / told["worst_file"])
    worst = told["builds"][-1]["worst"]
    one = Experiment(again, "SNS-002.ENV", requirements=("R-01",))
    margin = one.run(np.zeros((1, 0)), [0])["R-01.margin"][0]
    assert margin == worst["margin"]


def test_it_is_the_same_with_two_workers(suite, found, tmp_path):
    layout, told = found
    twice, other = envelope(suite, replace(SMALL, results=tmp_path, workers=2), lambda *_: None)
    assert other == told
    for path in sorted((layout.root / "rows").rglob("*.csv")):
        assert (twice.root / path.relative_to(layout.root)).read_bytes() == path.read_bytes()


def test_without_an_ai_no_build_is_its_own(suite):
    flat, _ = asked(suite, Options("SAF-010", "start.concentration", "start.reactor_temperature"))
    assert [one.key for one in builds(flat.asked)] == ["guarded", "all"]
    assert flat.beside() == {"start.jacket_temperature": "299.15 K", "start.TV-101": "50 %"}


@pytest.mark.parametrize(
    "change, words",
    [
        ({"scenario": "SNS-003"}, "did you mean SNS-002"),
        ({"x": "bias.onsets"}, "did you mean bias.onset"),
        ({"x": "bias.magnitude"}, "twice"),
        ({"x": "bias.lasts"}, "always 500 s"),
        ({"requirement": "R-02"}, "has no margin"),
        ({"requirement": "R-77"}, "known: R-01, R-02"),
        ({"budget": 20}, "at least 25"),
        ({"finest": 12}, "times 1, 2, 4, 8"),
    ],
)
def test_what_cannot_be_asked_is_told(suite, change, words):
    with pytest.raises(InputError, match=words):
        asked(suite, replace(SMALL, **change))


def test_everything_that_is_wrong_is_told_at_once(suite):
    with pytest.raises(InputError) as error:
        asked(suite, replace(SMALL, x="gain", y="level", requirement="R-02", budget=4))
    assert len(error.value.problems) == 4


def test_a_run_that_is_not_decided_is_unknown_and_a_violated_requirement_is_unsafe():
    held = np.array(["no demand", "SIF", "guard", "UNSAFE", "unknown", "no demand"])
    table = {
        "held": held,
        "R.truth": np.array([1, -1, 0, 0, 1, 1]),
        "R.exercised": np.array([1, 1, 1, 1, 1, 0]),
    }
    kinds = Measured("R", unexercised=False).kinds(table)
    assert kinds.tolist() == [0, UNSAFE, UNKNOWN, UNSAFE, UNKNOWN, UNKNOWN]
    assert ORDER[Measured("R", unexercised=True).kinds(table)[5]] == "no demand"


def test_a_finished_folder_has_its_adequacy(found):
    layout, _ = found
    assert isinstance(layout, Layout)
    assert json.loads(layout.adequacy.read_text())["cstr"]["events"][0]["pst"] > 0


def test_what_is_stopped_can_be_looked_at_and_proves_nothing(suite, tmp_path):
    seen = []

    def stop(text: str, done: int, total: int) -> None:
        seen.append(text)
        if seen.count("along the boundary") == 4:  # in the second round, of three builds each
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        envelope(suite, replace(SMALL, results=tmp_path), stop)
    (root,) = (tmp_path / "asked.envelope").iterdir()
    assert not (root / "stop.json").exists()
    one = survey(Layout(root))
    assert "INCOMPLETE: the run was stopped" in maps(one).alt
    assert all(sum(build["shares"].values()) == pytest.approx(1.0) for build in one.builds)


def test_the_command_says_what_was_found_and_its_folder_can_be_drawn(suite, tmp_path, capsys):
    words = ["--only", "SNS-002", "--y", "bias.magnitude", "--results", str(tmp_path), "--quiet"]
    words += ["--workers", "1", "--budget", "9", "--grid", "2", "--finest", "2", "--replicas", "1"]
    small = ["envelope", str(suite.file), *words, "--sizes", "2", "--repeats", "1"]
    assert run([*small, "--x", "bias.onsett"]) == Exit.BAD_INPUT
    assert "did you mean bias.onset ?" in capsys.readouterr().err
    assert run([*small, "--x", "bias.onset"]) == Exit.PASSED
    told = capsys.readouterr().out
    assert run(["list", "results", "--results", str(tmp_path)]) == Exit.PASSED
    assert "envelope of SNS-002: complete" in capsys.readouterr().out
    assert "AI alone: UNSAFE in" in told
    assert "no probability, and no score" in told
    (root,) = (tmp_path / "asked.envelope").iterdir()
    assert run(["plot", str(root), "--dpi", "50"]) == Exit.PASSED
    names = {path.stem for path in (root / "figures").iterdir()}
    assert names == {f"{kind}-SNS-002-bias-onset-bias-magnitude-R-01" for kind in ("map", "size")}
    assert changed(Layout(root)) == []


def test_where_nothing_fails_and_no_layer_acts_it_is_told(suite, tmp_path):
    options = replace(
        SMALL, scenario="SAF-010", x="start.concentration", y="start.jacket_temperature", results=tmp_path
    )
    _, told = envelope(suite, replace(options, budget=4, coarse=1, finest=1, replicas=1), lambda *_: None)
    assert any("no layer acts anywhere in this plane" in text for text in told["findings"])
    assert told["curves"] == []


def test_a_bias_that_outlasts_the_record_is_told(found):
    _, told = found
    assert told["cautions"]
    assert any("bias lasts 500 s and the record ends at 90 s" in text for text in told["findings"])


def test_axes_that_are_drawn_are_what_the_question_draws(suite):
    flat, sticks = asked(
        suite, Options("SAF-010", "start.concentration", "start.reactor_temperature", others="drawn")
    )
    noise = np.array([5, 0, 5])
    rows_of = flat.asked.run(flat.rest(noise), noise)
    main = flat.asked.shop.run(Job("SAF-010", MAIN, 0, 6, flat.asked.question.duration)).columns
    np.testing.assert_array_equal(sticks.margins(rows_of), main["R-01.margin"][noise])
    np.testing.assert_array_equal(rows_of["held"], main["held"][noise])
    at = flat.points(np.array([[0.0, 1.0]] * 3), noise)
    assert at[:, flat.x].tolist() == [0.0] * 3
    assert at[:, flat.y].tolist() == [1.0] * 3
    assert (at[0] == at[2]).all()
    assert flat.beside()["start.TV-101"] == "drawn by each replica"

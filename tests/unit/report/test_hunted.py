"""The page and the figures of a search: what its folder says, and never a PASS."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import HOSTILE, build

from simulator.core.traces import ArrayTraces, Signal
from simulator.record.layout import Layout
from simulator.record.writer import put_json, put_manifest, put_trace
from simulator.report.folder import Folder, load, load_campaign
from simulator.report.hunted import searches
from simulator.report.hunts import hunts
from simulator.report.page import render
from simulator.report.plot import plot

FRESH = {"n": 59, "violated": 40, "undecided": 1, "at_least": 0.58, "confidence": 0.95}


def trace() -> ArrayTraces:
    """A level that rises to 21 cm while the setpoint that is admitted goes up."""
    level = np.linspace(10.0, 21.0, 300)[:, None].astype(np.float32)
    mode, sif = np.full((300, 1), 2.0, np.float32), np.zeros((300, 1), np.float32)
    mode[200:], sif[280:] = 1.0, 1.0
    wanted = np.full((300, 1), 15.0, np.float32)
    data = {"true.level": level, "mode.LIC-1": mode, "sif.SIF-1": sif, "admitted.LIC-1": wanted}
    return ArrayTraces(100, {name: Signal(name) for name in data}, data, np.array([True]))


def search(root: Path, digest: str = "1a2b3c4d", found: bool = True) -> Layout:
    """A finished folder, with one counterexample or none."""
    layout, model = Layout(root / f"0001-{digest}"), build(root.parent / f"model-{digest}")
    layout.inputs.mkdir(parents=True)
    start = json.loads(model.start.read_text())
    put_json(layout.start, start | {"kind": "falsify", "digest": digest, "code": "c"})
    put_json(layout.resolved, json.loads(model.resolved.read_text()))
    requirement = {
        "id": "R-1", "by": "margin", "unit": "cm", "searched": "margin [cm]", "n": 200, "undecided": 3,
        "violations": 7 if found else 0, "first": 12 if found else 0, "worst": -1.0 if found else 2.0,
        "verdict": "FAIL" if found else "NONE FOUND", "why": "a reason", "at": {"bias.onset": "20 s"},
        "history": [[1, 9.0], [12, -1.0 if found else 2.0], [200, -1.0 if found else 2.0]],
        "nearest": "S-1.nearest-R-1",
    }  # fmt: skip
    one = {
        "id": "ADV-011.S-1.1", "requirement": "R-1", "sentence": f"a story {HOSTILE}", "file": "x.yaml",
        "identical": True, "fresh": FRESH, "alike": 2, "violations": 7, "witness": 28_000,
        "tcp": {"identical": False, "incidents": []},
    }  # fmt: skip
    control = {"removed": ["SIF-1"], "simulations": 20, "first": {"R-1": 4}, "least": {"R-1": -3.0}}
    told = {
        "question": "S-1", "text": "Does it hold?", "verdict": requirement["verdict"], "why": "because",
        "requirements": [requirement], "undecided": 3, "budget": 200, "seed": 5,
        "simulations": {"search": 200, "fresh_noises": 60}, "methods": [["nominal", 1], ["corners", 199]],
        "coverage": [{"axis": "bias.onset", "low": "0 s", "high": "60 s", "tenths": 9, "at_ends": [4, 5]}],
        "controls": [control], "counterexamples": [one] if found else [], "exit": 1,
    }  # fmt: skip
    put_json(layout.root / "falsify.json", told)
    put_trace(layout.trace(one["id"] if found else "S-1.nearest-R-1", 0), trace(), 0, "counterexample")
    put_json(layout.stop, {"format": 1})
    put_manifest(layout)
    return layout


@pytest.fixture
def suite(tmp_path) -> Folder:
    """Results of a suite, with a search of the same input beside them."""
    search(tmp_path / "small.falsify")
    return load(build(tmp_path / "small"))


def test_what_was_found_is_on_the_page_with_its_figures(suite):
    (block,) = searches(suite)
    assert block["requirements"][0]["worst"] == "-1 cm"
    assert block["requirements"][0]["where"] == "bias.onset 20 s"
    (line,) = block["counterexamples"]
    assert line["fresh"] == "40 of 59"
    assert line["same"] == "repeats it bit for bit; over Modbus TCP NOT the same"
    assert block["controls"][0]["found"] == "R-1 in simulation 4"
    page = render(suite)
    assert "Searched for what violates" in page
    assert HOSTILE not in page
    assert "R-1 is violated in simulation 12 of 200, least -1 cm" in page


def test_where_none_was_found_the_nearest_run_is_drawn_and_nothing_is_passed(tmp_path):
    search(tmp_path / "small.falsify", found=False)
    folder = load(build(tmp_path / "small"))
    (block,) = searches(folder)
    assert block["verdict"] == "NONE FOUND"
    assert block["counterexamples"] == []
    assert "nearest to a violation of R-1" in block["courses"]
    assert "PASS" not in json.dumps({k: str(v) for k, v in block.items() if k not in ("courses", "progress")})


def test_without_a_search_the_page_says_that_nobody_has_looked(tmp_path):
    page = render(load(build(tmp_path / "small")))
    assert "nobody has looked" in page


def test_a_search_of_other_input_or_one_that_did_not_end_is_not_shown(tmp_path):
    search(tmp_path / "small.falsify", digest="ffffffff")
    (search(tmp_path / "small.falsify").root / "stop.json").unlink()
    assert searches(load(build(tmp_path / "small"))) == []


def test_a_course_shows_its_limits_and_when_layers_acted(suite):
    (course,) = hunts(suite)[0].courses()
    assert {line.label for line in course.lines} >= {"safety limit SL-1", "SIF-1 trips"}
    assert course.curve.shed[0][0] == pytest.approx(20.0)
    assert course.curve.trips["SIF-1"][0][0] == pytest.approx(28.0)
    assert [one.label for one in course.written] == ["admitted"]


def test_every_figure_is_written_the_same_each_time(tmp_path):
    layout = search(tmp_path / "small.falsify")
    files = plot(load_campaign(layout), dpi=50)
    assert {re.sub(r"\..*", "", path.name) for path in files} == {"search-S-1", "course-ADV-011-S-1-1"}
    first = [path.read_bytes() for path in files]
    assert [path.read_bytes() for path in plot(load_campaign(layout), dpi=50)] == first


def test_a_damaged_search_is_said_to_be_missing(suite, tmp_path):
    (tmp_path / "small.falsify" / "0001-1a2b3c4d" / "falsify.json").write_text('{"question": "S-1"}')
    assert searches(suite) == []
    assert any("damaged" in text for text in suite.missing)

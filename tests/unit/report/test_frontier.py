"""The page and the figures of an envelope: what its folder says, and what a reader must doubt."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import build

from simulator.record.layout import Layout
from simulator.record.writer import put_json, put_manifest, put_rows
from simulator.report.figures.sizes import broken
from simulator.report.folder import Folder, load, load_campaign
from simulator.report.frontier import envelopes
from simulator.report.page import write
from simulator.report.plane import CROSSED, UNDECIDED, plane
from simulator.report.plot import plot
from simulator.report.sized import sizes
from simulator.report.surveyed import latencies
from simulator.report.surveys import surveys

AXES = [
    {"name": "bias.onset", "draw": "threat/bias/onset", "unit": "s", "low": 0.0, "high": 60.0, "time": True},
    {"name": "bias.size", "draw": "threat/bias/size", "unit": "cm", "low": 0.0, "high": 8.0, "time": False},
]
KINDS = ["no demand", "mixed", "mixed", "UNSAFE"]
EDGE = np.array([0.0, 0.0, 1.0, 1.0])


def _build(key: str, title: str, unsafe: int) -> dict:
    kinds = dict.fromkeys(("no demand", "guard", "fallback", "operator", "SIF", "UNSAFE", "unknown"), 0)
    shares = kinds | {"mixed": 0.5, "UNSAFE": 0.25, "no demand": 0.25}
    worst = {"x": 60.0, "y": 8.0, "row": 3, "noise": 1, "margin": -1.5, "kind": "UNSAFE"}
    return {
        "key": key, "title": title, "removed": ["output_guard"] if key == "alone" else [], "points": 9,
        "runs": 18, "shares": shares, "unsafe": [0.25, 0.5], "points_by_kind": kinds | {"UNSAFE": unsafe},
        "boundary_cell": 0.5, "exhausted": False, "worst": worst,
    }  # fmt: skip


def _rows(layout: Layout, key: str, shed: float) -> None:
    cells = {
        "replica": np.arange(4), "x.0": 30 * EDGE, "x.1": 30 * EDGE + 30,
        "y.0": 4 * EDGE[[0, 2, 0, 2]], "y.1": 4 * EDGE[[0, 2, 0, 2]] + 4, "u.width": np.full(4, 0.5),
        "unsafe": np.array([0, 1, 0, 1]), "kind": np.array(KINDS),
    }  # fmt: skip
    put_rows(layout.rows("S-1", f"cells-{key}", 0), cells)
    fault = np.array([10.0, 10.0, np.nan, 10.0])
    runs = {
        "replica": np.arange(4), "x": 30 * EDGE, "y": 4 * EDGE, "noise": np.array([0, 1, 0, 1]),
        "at.fault": fault, "fallback": np.array([shed, 2 * shed, shed, np.nan]),
        "kind": np.array(["SIF"] * 4),
    }  # fmt: skip
    put_rows(layout.rows("S-1", key, 0), runs)
    value = np.repeat([0.0, 4.0, 8.0], 2)
    margin = np.array([9.0, 7.0, 2.0, 1.0, -1.0, np.nan])
    kind = np.array(["no demand", "SIF", "SIF", "SIF", "UNSAFE", "unknown"])
    curve = {
        "replica": np.arange(6), "value": value, "R-1.margin": margin, "peak.SL-1": 20.0 - margin,
        "at.fault": np.full(6, np.nan), "fallback": np.full(6, np.nan), "kind": kind,
    }  # fmt: skip
    put_rows(layout.rows("S-1", f"curve0-{key}", 0), curve)


def envelope(root: Path, digest: str = "1a2b3c4d", kind: str = "envelope") -> Layout:
    """A finished folder of two builds, four cells each."""
    layout, model = Layout(root / f"0001-{digest}"), build(root.parent / f"model-{digest}")
    layout.inputs.mkdir(parents=True)
    start = json.loads(model.start.read_text())
    put_json(layout.start, start | {"kind": kind, "digest": digest, "code": "c"})
    resolved = json.loads(model.resolved.read_text())
    resolved["requirements"]["R-1"]["protects"] = "SL-1"
    put_json(layout.resolved, resolved)
    put_json(layout.adequacy, {"tank": {"events": [{"pst": 12.0}, {"pst": None}]}})
    for key, shed in (("alone", 9.0), ("all", 1.0)):
        _rows(layout, key, shed)
    told = {
        "scenario": "S-1", "question": "Does it hold?", "plant": "tank",
        "requirement": {"id": "R-1", "text": "The tank never spills.", "unit": "cm"}, "axes": AXES,
        "others": "middle", "beside": {"start.flow": "2 L/s"}, "replicas": 2,
        "cautions": ["bias outlasts the record"],
        "coarse": 1, "finest": 2,
        "builds": [_build("alone", "AI alone", 3), _build("all", "all layers", 0)],
        "curves": [{"axis": AXES[1], "sizes": 3, "replicas": 2, "others": "drawn"}],
        "orbits": [], "worst_file": "worst.yaml", "findings": ["all layers: UNSAFE at none of 9 points"],
    }  # fmt: skip
    put_json(layout.root / "envelope.json", told)
    put_json(layout.stop, {"format": 1})
    put_manifest(layout)
    return layout


@pytest.fixture
def suite(tmp_path) -> Folder:
    """Results of a suite, with an envelope of the same input beside them."""
    envelope(tmp_path / "small.envelope")
    return load(build(tmp_path / "small"))


def test_the_newest_envelope_of_the_same_input_is_on_the_page(suite, tmp_path):
    (block,) = envelopes(suite)
    assert (block["id"], block["axes"][1]) == ("S-1", "bias.size from 0 to 8 cm")
    assert block["lines"][0]["between"] == "25 % to 50 %"
    assert block["lines"][0]["removed"] == "output_guard"
    assert block["worst"] == "-1.5 cm left at bias.onset 60 s, bias.size 8 cm, noise 1 (UNSAFE)"
    assert block["others"] == [{"name": "start.flow", "value": "2 L/s"}]


def test_an_envelope_of_other_input_or_that_did_not_end_is_not(tmp_path):
    envelope(tmp_path / "small.envelope", digest="ffffffff")
    (envelope(tmp_path / "small.envelope", digest="1a2b3c4d").root / "stop.json").unlink()
    assert envelopes(load(build(tmp_path / "small"))) == []


def test_what_was_changed_since_it_ended_is_doubted(suite, tmp_path):
    path = next((tmp_path / "small.envelope").rglob("cells-all-*.csv"))
    path.write_text(path.read_text().replace("UNSAFE", "SIF"))
    (block,) = envelopes(suite)
    assert any("changed since it ended" in doubt for doubt in block["doubts"])


def test_cells_of_the_boundary_are_set_apart_from_those_between_layers(suite):
    (one,) = surveys(suite)
    drawn = plane(one)
    assert drawn.panels[0].told == "UNSAFE 25 to 50 % of the plane"
    assert drawn.panels[1].told == "UNSAFE at no point"
    assert drawn.foot.endswith("start.flow 2 L/s. bias outlasts the record")
    cells = drawn.panels[0].cells
    assert cells[CROSSED].tolist() == [[0.0, 30.0, 4.0, 8.0]]
    assert cells[UNDECIDED].tolist() == [[30.0, 60.0, 0.0, 4.0]]
    area = sum(((c[:, 1] - c[:, 0]) * (c[:, 3] - c[:, 2])).sum() for c in cells.values())
    assert area == 60.0 * 8.0


def test_the_curve_shows_the_worst_noise_and_the_limits_at_the_margins_they_leave(suite):
    (one,) = surveys(suite)
    (curve,) = sizes(one)
    assert curve.builds[0].least.tolist() == [7.0, 1.0, -1.0]
    assert curve.builds[0].kinds == ("SIF", "SIF", "UNSAFE")
    assert curve.builds[0].open.tolist() == [0, 0, 1]
    at = {line.label: line.value for line in curve.lines}
    assert at["20 cm safety limit SL-1"] == 0.0
    assert at["16 cm SIF-1 trips"] == 4.0
    assert broken(curve, curve.builds[0]) == "UNSAFE at 8 cm, undecided in 1 runs"


def test_latencies_are_of_runs_in_which_the_ai_failed(suite):
    (one,) = surveys(suite)
    (picture,) = latencies(one)
    assert "AI alone: 2 of 3, at most 18 s" in picture.alt
    assert "all layers: 2 of 3, at most 2 s" in picture.alt
    assert "half of the process safety time 6 s" in picture.alt


def test_every_figure_is_written_the_same_each_time(tmp_path):
    layout = envelope(tmp_path / "small.envelope")
    files = plot(load_campaign(layout), dpi=50)
    names = {re.sub(r"\..*", "", path.name) for path in files}
    assert names == {f"{kind}-S-1-bias-onset-bias-size-R-1" for kind in ("map", "size", "latency")}
    first = [path.read_bytes() for path in files]
    assert [path.read_bytes() for path in plot(load_campaign(layout), dpi=50)] == first


def test_a_damaged_envelope_is_said_to_be_missing(suite, tmp_path):
    next((tmp_path / "small.envelope").rglob("cells-all-*.csv")).write_text("replica\n1\n")
    assert envelopes(suite) == []
    assert any("damaged" in text for text in suite.missing)


def test_the_page_says_shares_with_their_bounds_and_what_was_taken_away(suite, monkeypatch):
    monkeypatch.setattr("simulator.report.figures.canvas.svg", lambda picture: picture.alt)
    text = write(suite.layout).read_text(encoding="utf-8")
    part = text[text.index('id="frontier"') :]
    part = part[: part.index("</section>")]
    for told in (
        "bias.onset from 0 to 60 s",
        "25 % to 50 %",
        "output_guard",
        "start.flow: 2 L/s",
        "no score",
    ):
        assert told in part
    assert "UNSAFE 25 to 50 % of the plane (9 points)" in part  # the map


def test_a_suite_without_an_envelope_says_that_nothing_is_known(tmp_path):
    text = write(build(tmp_path / "small")).read_text(encoding="utf-8")
    assert "where safe ends is not known" in text

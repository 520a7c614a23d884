"""What the sections say: each number is that of the rows, and nothing is said of what was not recorded."""

from __future__ import annotations

import json

import numpy as np
import pytest

from simulator.core.traces import ArrayTraces, Signal
from simulator.record.writer import put_trace, sha256
from simulator.report import (
    front,
    matrix,
    people,
    portrait,
    protection,
    record,
    register,
    residual,
    spreads,
    system,
    zones,
)  # fmt: skip
from simulator.report.contents import SECTIONS
from simulator.report.envelope import panels
from simulator.report.figures import blocks
from simulator.report.figures.canvas import svg
from simulator.report.figures.portrait import picture as portrayed
from simulator.report.figures.strips import picture as strips
from simulator.report.folder import Folder, load
from simulator.report.page import write
from simulator.report.portrait import moved
from simulator.report.shown import distribution
from simulator.threats import TAPS


@pytest.fixture
def found(folder) -> Folder:
    """The folder as the report reads it."""
    return load(folder)


def test_a_run_of_an_older_version_says_what_it_did_not_record(older, monkeypatch):
    monkeypatch.setattr("simulator.report.figures.canvas.svg", lambda picture: picture.alt)
    text = write(older).read_text(encoding="utf-8")
    assert text.count("Not recorded by this run.") == 4
    assert "No bands: the run did not record all replicas." in text
    assert "missing" not in text[: text.index("<nav")]


def test_every_section_has_an_anchor_and_a_number_of_its_own():
    assert len({s.name for s in SECTIONS}) == len({s.number for s in SECTIONS}) == len(SECTIONS)
    assert [s.number for s in SECTIONS][:2] == ["1", "2"]


def test_the_first_page_counts_by_family_and_names_the_worst_cases(found):
    family, outside, whole = front.families(found)
    assert (family["name"], family["scenarios"]) == ("S", 1)
    assert ("FAIL", 1, 1) in family["cells"]
    assert ("OUT OF SCOPE", 1, 1) in outside["cells"]
    assert ("FAIL", 1, 2) in whole["cells"]
    worst = {one["what"].partition(" ")[0]: one for one in front.worst(found)}
    assert worst["slowest"]["value"] == "14 s"
    assert "S-1 replica 2, 70 % of the shortest process safety time" in worst["slowest"]["where"]
    assert (worst["mutants"]["value"], worst["open"]["value"]) == ("1 / 1", "1 A, 0 B, 0 C")
    assert (worst["largest"]["value"], worst["largest"]["said"]) == ("60 %", "FAIL")


def test_the_matrix_counts_each_effect_and_names_the_slowest_replica(found):
    (row,) = matrix.injections(found)
    told = {e.column: c["observed"] for e, c in zip(matrix.EFFECTS, row["cells"], strict=True)}
    assert told == {
        "at.bad": "0 / 4", "at.hold": "0 / 4", "at.shed": "3 / 4, by 14 s", "at.alarm": "3 / 4, by 15 s",
        "at.trip.": "1 / 4, by 21 s",
    }  # fmt: skip
    assert row["command"].endswith(" S-1 0")


@pytest.mark.parametrize(
    ("formula", "column", "kind"),
    [
        ("always (ai_fault -> eventually[0:3 s] mode.L != AI)", "at.shed", "required"),
        ("always (mode.L == AI)", "at.shed", "forbidden"),
        ("always (rise(mode.L == AUTO) -> eventually[0:2 s] alarm.shed.L)", "at.alarm", "required"),
        ("always (x > 1 -> eventually[0:5 s] quality.T == BAD)", "at.bad", "required"),
        ("always (sif.S == NORMAL)", "at.trip.", "forbidden"),
        ("always (x > 1 -> eventually[0:6 s] (safe.A and safe.B))", "at.trip.", "required"),
    ],
)
def test_a_formula_demands_an_effect_by_what_follows_its_arrow(found, formula, column, kind):
    found.resolved["scenarios"]["S-1"]["formulas"]["R-1"]["text"] = formula
    (row,) = matrix.injections(found)
    cells = {e.column: c for e, c in zip(matrix.EFFECTS, row["cells"], strict=True)}
    assert [(c, k) for c, cell in cells.items() for k in ("required", "forbidden") if cell[k]] == [
        (column, kind)
    ]
    assert cells[column][kind] == "✗ R-1"


def test_a_cause_that_no_run_showed_is_not_exercised(found):
    stale, late = matrix.transitions(found)
    assert (stale["n"], stale["slowest"], stale["moves"]) == (2, "11 s", "RCAS → AUTO")
    assert stale["command"].endswith(" S-1 1")
    assert (late["n"], late["command"]) == (0, "")


def test_the_register_names_demands_and_the_layer_a_mutant_takes_away(found):
    (row,) = register.threats(found)
    assert row["demands"] == "SR 1.1, SR 2.1"
    assert row["expected"] == "SIF-1"
    assert row["held"] == "UNSAFE 1, SIF 3"
    assert row["verdict"] == "FAIL"


def test_the_test_record_has_distributions_seeds_and_the_digest_of_the_rows(folder, found):
    facts = dict(record.questions(found)[0]["facts"])
    assert facts["injected"] == "bias at sensor LT-1 (onset uniform 10 s to 1 min, magnitude -5 cm)"
    assert facts["operator"] == "reaction lognormal (median 30 s, spread 2); on shed.LIC-1: rearm"
    assert facts["evidence"].endswith(sha256(folder.rows("S-1", "main", 0)))
    assert "seed 7" in facts["seeds"]


def test_distributions_are_told_with_their_units():
    assert distribution({"choice": ["1 K", "2 K"]}) == "choice 1 K, 2 K"
    assert distribution({"normal": {"mean": "0 K", "sd": "1500 ms"}}) == "normal (mean 0 K, sd 1.5 s)"


def test_refused_orders_are_counted_with_their_reason(found):
    (row,) = people.orders(found)
    assert (row["orders"], row["refused"], row["why"], row["effect"]) == (2, 1, "STALE 1", "0.2 s")
    assert [e["event"] for e in people.truth_table(found)["events"]] == ["STALE", "LATE"]


def test_latencies_are_shares_of_all_in_which_the_ai_failed(found):
    (panel,) = spreads.fallbacks(found)
    (curve,) = panel.curves
    assert (curve.n, sorted(curve.values)) == (4, [10.0, 11.0, 14.0])
    assert {mark.label: mark.value for mark in panel.marks} == {
        "watchdog time": 3.0, "half of the process safety time": 10.0,
    }  # fmt: skip


def test_alarms_beyond_the_limit_of_a_requirement_are_marked(found):
    text = "always (alarms.in_10_min <= 10)"
    found.resolved["scenarios"]["S-1"]["formulas"]["R-1"]["text"] = text
    (chart,) = spreads.alarms(found)
    (strip,) = chart.strips
    assert (strip.limit, strip.values.max()) == (10.0, 12.0)
    assert [rule.value for rule in chart.rules] == [10.0]
    assert "0 to 12" in strips(chart).alt


def test_the_fan_is_that_of_all_replicas(found):
    (panel,) = panels(found)
    assert panel.fan is not None
    assert panel.fan.n == 4
    np.testing.assert_allclose(panel.fan.bands[[0, 2, 4], 0], [10.0, 11.5, 13.0])
    assert (panel.fan.acted["AI shed"].first, panel.fan.acted["AI shed"].last) == (10.0, 14.0)
    assert panel.fan.acted["SIF-1"].n == 1
    assert panel.window[1] >= panel.fan.acted["SIF-1"].last
    assert panel.left == pytest.approx((20.0 - 21.5) / (20.0 - 11.5))


def test_the_portrait_drops_points_that_hardly_move_and_keeps_the_ends_of_the_way():
    way = np.concatenate([np.zeros(500), np.linspace(0.0, 1.0, 101), np.ones(500)])
    kept = moved(way, way)
    assert kept[0] == 0
    assert len(kept) < 110
    assert way[kept[-1]] == pytest.approx(1.0, abs=0.01)
    assert not len(moved(np.full(9, np.nan), np.zeros(9)))


def test_the_recoverable_region_is_the_worst_over_what_is_not_drawn(folder, found):
    about = {
        "quantity": "level", "unit": "cm", "against": {"flow": [1.0, 2.0], "heat": [5.0, 6.0]},
        "lowest": [2.0, 3.0, 1.0, None], "highest": [9.0, 8.0, 9.0, None],
    }  # fmt: skip
    (folder.inputs / "tank__commissioning.json").write_text(json.dumps({"region": about}))
    data = portrait.region_of(found, {"commissioning": "commissioning.json", "file": "tank__plant.yaml"})
    region = portrait.edges(data, "flow")
    np.testing.assert_array_equal(region.x, [1.0, 2.0])
    np.testing.assert_array_equal(region.lowest, [3.0, np.nan])
    np.testing.assert_array_equal(region.highest, [8.0, np.nan])
    assert portrait.region_of(found, {"file": "tank__plant.yaml"}) is None


def test_the_portrait_is_of_kept_traces_by_the_layer_that_held(found):
    found.resolved["plants"]["tank"]["quantities"] = {"level": "cm", "flow": "L/s"}
    for replica in (0, 2):
        level = np.linspace(10.0, 16.0, 600, dtype=np.float32)[:, None]
        data = {"true.level": level, "true.flow": level / 10.0}
        signals = {name: Signal(name) for name in data}
        found.layout.trace("S-1", replica).unlink()
        traces = ArrayTraces(100, signals, data, np.array([True]))
        put_trace(found.layout.trace("S-1", replica), traces, 0, "failed" if replica else "random")
    (one,) = portrait.portraits(found)
    (orbit,) = one.orbits
    assert (one.across, one.quantity, orbit.held) == ("flow", "level", "SIF")
    assert "1 SIF" in portrayed(one).alt
    assert svg(portrayed(one))


def test_the_mutation_score_counts_what_was_declared(found):
    told = protection.controls(found)
    assert told["mutants"] == {"killed": 1, "declared": 1, "lost": []}
    found.controls["mutants"][0]["behaved"] = False
    assert protection.controls(found)["mutants"]["lost"] == ["without SIF-1"]
    assert told["repeats"] == "1 of 1 repeated scenarios are bit-identical"


def test_a_conduit_that_nothing_struck_says_so(found):
    struck = {one["name"]: one["struck"] for one in zones.conduits(found)}
    assert struck["plant to sensors"] == "S-1"
    assert struck["host link, from the AI"] == ""


def test_every_tap_of_the_product_is_drawn_and_lies_on_a_conduit():
    """A tap that is struck and not shown would hide an attack from the reader."""
    drawn = {tap for _, _, taps in blocks._ARROWS for tap in taps.split(", ") if tap}
    assert drawn == set(TAPS)
    assert {tap for *_, taps in zones.CONDUITS for tap in taps} == set(TAPS)


def test_clients_that_nobody_asked_for_are_drawn_where_they_strike(found):
    found.resolved["scenarios"]["S-1"]["threats"] = [{"kind": "rogue", "tap": "network"}]
    ((_, one),) = system.systems(found)
    assert "network" in one.boxes
    assert {c["name"]: c["struck"] for c in zones.conduits(found)}["other clients"] == "S-1"


def test_the_system_shows_layers_taps_and_the_policy_s_file(found):
    ((key, one),) = system.systems(found)
    assert key == "tank"
    assert "monitor" not in one.boxes
    assert {"ai", "watchdog", "readback", "sifs"} <= one.boxes.keys()
    assert one.taps == {"sensor": 1}
    (model,) = system.models(found)
    assert model["file"] == "tank__p.onnx"
    (limit,) = system.limits(found)
    assert limit["pst"] == "20 to 20 s"


def test_conditions_name_what_failed_and_what_to_repeat_on_site(found):
    assert any(head == "R-1 in S-1" for head, _ in residual.risks(found))
    layers = {one["layer"]: one["scenario"] for one in residual.site_tests(found)}
    assert layers == {"watchdog": "–", "output guard": "–", "readback": "–", "SIF-1": "S-1"}
    assert any("no monitor watches" in one for one in residual.expiry(found))

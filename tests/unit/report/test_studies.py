"""The robustness study and the comparison of variants on the page, and as figures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from simulator.record.writer import put_json, put_manifest, put_rows
from simulator.report.figures.canvas import svg
from simulator.report.folder import load
from simulator.report.page import render
from simulator.report.parametric import cell, lines
from simulator.report.plot import named
from simulator.report.variants import compared

STUDY = {
    "of": [], "requirements": ["R-1"], "replicas": 4,
    "parameters": {
        "drain": {"input": "drain", "factors": [0.5, 0.8, 2.0], "tolerance": [0.8, 1.0]},
        "lag": {"lag": [], "factors": [3.0], "tolerance": [1.0, 1.0]},
    },
}  # fmt: skip


def at(parameter, factor, failed=0, n=4, margin=5.0):
    variant = f"{parameter}={factor:g}" if parameter else "nominal"
    return {
        "parameter": parameter, "factor": factor, "variant": variant, "n": n, "failed": failed,
        "undecided": 0, "margin": margin, "replica": 3, "why": "",
    }  # fmt: skip


@pytest.fixture
def written(tmp_path, small):
    """Writes the small folder with a study, and, if `forms`, with its question asked of a second variant."""
    return lambda cells, forms=False: _write(small.build(tmp_path, failed=0), small.resolved(), cells, forms)


def _write(layout, told, cells, forms):
    told["suite"]["robustness"] = STUDY
    if forms:
        told["plants"]["tank"]["ai"]["rout"] = told["plants"]["tank"]["ai"]["rcas"] | {"mode": "ROUT"}
        told["plants"]["tank"]["quantities"] = {"level": "cm"}
        told["scenarios"]["S-1.rout"] = told["scenarios"]["S-1"] | {
            "id": "S-1.rout",
            "ai": "rout",
            "mode": "ROUT",
        }
        for one in told["scenarios"].values():
            one |= {"base": "S-1", "phase": "RUN"}
        told["suite"]["cross"] = [
            {"of": ["S-1"], "ai": ["rout"], "why": "The valve is quicker than the setpoint."}
        ]
        rows = {
            "replica": np.arange(4), "complete": np.ones(4), "held": np.array(["SIF"] * 4),
            "digest": np.array(["d"] * 4), "peak.SL-1": np.full(4, 18.0), "fallback": np.full(4, 2.0),
            "at.trip.SIF-1": np.full(4, 30.0), "R-1.truth": np.ones(4), "R-1.margin": np.full(4, 2.0),
            "R-1.witness": np.zeros(4), "R-1.exercised": np.ones(4), "R-1.time_margin": np.full(4, np.nan),
            "R-1.latency": np.full(4, np.nan),
        }  # fmt: skip
        put_rows(layout.rows("S-1.rout", "main", 0), rows)
    found = {"S-1": {"duration": 60_000, "units": {"R-1": "cm"}, "requirements": {"R-1": cells}}}
    put_json(layout.resolved, told, replace=True)
    put_json(layout.robustness, {"format": 1, "replicas": 4, "scenarios": found})
    layout.manifest.unlink()
    put_manifest(layout)
    return layout


HELD = [at("", 1.0), at("drain", 0.5), at("drain", 0.8), at("drain", 2.0), at("lag", 3.0)]
BROKEN = [
    at("", 1.0),
    at("drain", 0.5, 4),
    at("drain", 0.8, 1, margin=-2.0),
    at("drain", 2.0, n=2),
    at("lag", 3.0),
]


def test_a_break_inside_the_tolerance_is_on_the_punch_list_with_the_command_that_shows_it(written):
    page = render(load(written(BROKEN)))
    assert "On plants that are not as designed: broken inside the tolerance by drain=0.8 (1 of 4)" in page
    assert "plantproof replay 0001-1a2b3c4d S-1 3 --variant drain=0.8" in page


def test_a_break_inside_the_tolerance_decides_the_finding_and_leaves_the_nominal_verdict(written):
    folder = load(written(BROKEN))
    assert folder.verdicts["finding"] == "BLOCKING FINDINGS"
    assert [r["verdict"] for s in folder.scenarios for r in s["requirements"]] == ["PASS"]
    assert folder.verdicts["counts"] == {"PASS": 1}


def test_the_first_page_counts_a_break_among_the_open_items_and_says_what_it_is(written):
    page = render(load(written(BROKEN)))
    assert "1 A, 0 B, 0 C" in page
    assert "on plants that are not as designed: " in page.partition("Open now")[2].partition("</ul>")[0]


def test_a_study_that_was_asked_for_and_is_missing_is_said_to_be(written):
    layout = written(HELD)
    layout.robustness.unlink()
    page = render(load(layout))
    assert "nothing of it is recorded" in page
    assert load(layout).verdicts["verdict"] == "INCONCLUSIVE"


def test_a_suite_without_a_study_says_that_nothing_is_known(folder):
    assert "nothing is known of plants that differ from the design" in render(load(folder))


def test_verdicts_are_sorted_by_their_nearest_break(written):
    (line,) = lines(load(written(BROKEN)))
    assert line["first"] == "drain=0.8, 1 of 4"
    assert (line["nominal"], line["margin"]) == ("5 cm", "-2 cm")


@pytest.mark.parametrize(
    ("cells", "kind", "text"),
    [
        (BROKEN, "inside", "×0.8"),
        ([at("", 1.0), at("drain", 0.5, 2), at("drain", 0.8), at("drain", 2.0)], "breaks", "×0.5"),
        ([at("", 1.0), at("drain", 0.8), at("drain", 2.0, n=3)], "open", "? ×2"),
        (HELD, "holds", "–"),
    ],
)
def test_a_cell_of_the_map_says_where_it_breaks(written, cells, kind, text):
    (ruling,) = load(written(cells)).verdicts["robustness"]
    assert cell(ruling, "drain") == {"text": text, "kind": kind, "parameter": "drain"}


def test_the_figures_of_both_studies_are_drawn_alike_each_time(written):
    folder = load(written(BROKEN, forms=True))
    found = named(folder)
    assert {"robustness", "robustness-worst", "variants"} <= set(found)
    assert "×0.8" in svg(found["robustness"])
    for name in ("robustness", "robustness-worst", "variants"):
        assert svg(found[name]) == svg(found[name])


def test_the_variants_are_told_apart_pair_by_pair(written):
    layout = written(HELD, forms=True)
    (block,) = compared(load(layout))
    assert [line["mode"] for line in block["lines"]] == ["RCAS", "ROUT"]
    assert [line["demands"] for line in block["lines"]] == ["1 of 4", "4 of 4"]
    assert "by both in 1, by RCAS alone in 0, by ROUT alone in 3, by neither in 0" in block["told"]
    assert "The valve is quicker than the setpoint." in render(load(layout))


def test_time_beyond_return_that_was_not_recorded_is_a_dash(written):
    (block,) = compared(load(written(HELD, forms=True)))
    assert {line["beyond"] for line in block["lines"]} == {"–"}


def test_what_the_page_says_of_the_study_can_be_read_in_the_verdicts(written):
    layout = written(BROKEN)
    load(layout)
    told = json.loads(layout.verdicts.read_text())["robustness"][0]
    assert told["breaks"]["drain"][0]["variant"] == "drain=0.8"
    assert told["first"]["variant"] == "drain=0.8"

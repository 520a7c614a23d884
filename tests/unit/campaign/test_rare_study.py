"""A rare-event study of a short question: refusals, the folder, and the failure it leaves as a scenario."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from questions import HEAT, shop

from simulator.campaign.folder import plan_digest
from simulator.campaign.jobs import MAIN, Job
from simulator.campaign.rare.levels import Plan
from simulator.campaign.rare.limit_state import signed
from simulator.campaign.rare.options import Options
from simulator.campaign.rare.study import run_rare
from simulator.cli import run as run_command
from simulator.core.errors import InputError
from simulator.core.verdict import Exit

WIDE = "{uniform: [328 K, 372 K]}"
WARM = HEAT.replace("R-01, R-02", "R-01, R-02, R-78").replace(
    "{uniform: [345 K, 355 K]}, 350 K", f"{WIDE}, {WIDE}"
)
FIXED = """\
schema: 1
id: FIX-001
question: Nothing varies.
plant: cstr
duration: 30 s
threats:
  - {name: bias, kind: bias, tap: sensor, target: TT-101, onset: 5 s, magnitude: {uniform: [2 K, 2 K]}}
operator: none
requirements: [R-01]
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rare")
    (folder / "warm.yaml").write_text(WARM)
    (folder / "fixed.yaml").write_text(FIXED)
    return shop(folder, folder / "warm.yaml", folder / "fixed.yaml").suite


def options(folder, **changes):
    given = Options("ADV-011", "R-78", 2, Plan(100, 460), 0.005, folder / "results", block=64)
    return replace(given, **changes)


def run(suite, options):
    told = []
    layout, found = run_rare(suite, options, lambda *what: told.append(what))
    return layout, found, told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scenario": "FIX-001", "requirement": "R-01"}, ["nothing that is drawn in FIX-001"]),
        ({"requirement": "R-02"}, ["compares states only", "count with a campaign"]),
        ({"requirement": "R-99"}, ["requirement R-99", "R-01, R-02, R-78"]),
        ({"scenario": "FIX-001", "requirement": "R-02"}, ["nothing that is drawn", "requirement R-02"]),
        ({"plan": Plan(1000, 1500)}, ["1500 simulations a repeat", "at least 1900"]),
        ({"plan": Plan(105, 1500)}, ["105 runs a level", "a multiple of 10"]),
        ({"plan": Plan(100, 460), "at_most": 1e-9}, ["5 levels, down to about 1e-05", "1e-09"]),
    ],
)
def test_what_cannot_be_estimated_is_refused_before_anything_is_written(suite, tmp_path, changes, words):
    with pytest.raises(InputError) as refused:
        run(suite, options(tmp_path, **changes))
    for word in words:
        assert word in str(refused.value)
    assert not (tmp_path / "results").exists()


def test_a_study_leaves_a_folder_that_stands_alone_whatever_the_block(suite, tmp_path):
    layout, found, told = run(suite, options(tmp_path))
    start = json.loads(layout.start.read_text())
    assert layout.root.parent.name == "asked.rare"
    assert (start["kind"], start["plan_sha256"]) == ("rare", plan_digest(start["plan"]))
    assert start["plan"]["at_most"] == 0.005
    axes = start["plan"]["axes"]
    assert list(axes) == ["heat.onset", *(f"heat.levels.{k}" for k in range(3)), "lie.levels.2"]
    assert "328" in axes["heat.levels.1"]  # as drawn; the range that is only searched has no share in it
    kept = json.loads((layout.root / "rare.json").read_text())
    assert kept["verdict"] == found["verdict"]
    assert kept["simulations"] == sum(one["simulations"] for one in kept["each"]) == found["simulations"]
    assert layout.stop.exists()
    assert layout.manifest.exists()
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    again = run(suite, options(tmp_path, block=7))[1]
    assert again["each"] == found["each"]
    assert found["p"] > 0.0
    assert "fewer than 5" in found["warnings"][0]
    assert found["verdict"] != "PASS"


def test_the_likeliest_failure_is_a_scenario_that_fails_again_to_the_last_bit(suite, tmp_path):
    layout, found, _ = run(suite, options(tmp_path))
    near = found["counterexample"]
    file = layout.root / near["file"]
    again = shop(tmp_path, file)
    done = again.run(Job("ADV-011.RARE", MAIN, 0, 1, 60_000))
    assert done.columns["R-78.truth"][0] < 0
    assert done.columns["R-78.margin"][0] == near["margin"] < 0.0


def test_the_claim_is_that_of_the_criteria_unless_one_is_given(suite, tmp_path):
    found = run(suite, options(tmp_path, at_most=None))[1]
    assert found["at_most"] == pytest.approx(1.0 - 0.05 ** (1.0 / 59.0))
    assert found["claim"] == "the criteria's plan"


def test_the_sign_of_a_margin_is_the_verdict():
    rows = {
        "R-1.truth": np.array([1, -1, -1, 0, 1, 1]),
        "R-1.margin": np.array([2.0, -1.0, 0.0, np.nan, 0.0, 3.0]),
        "complete": np.array([1, 1, 0, 1, 1, 0]),
    }
    found = signed(rows, "R-1")
    assert (found[0], found[1]) == (2.0, -1.0)
    assert found[2] < 0.0 < found[4]
    assert np.isnan(found[[3, 5]]).all()


def command(suite, results, *more):
    """Exit code of the command."""
    about = [
        "--only",
        "ADV-011",
        "--requirement",
        "R-78",
        "--seeds",
        "2",
        "--per-level",
        "100",
        "--max",
        "460",
    ]
    return run_command(["rare", str(suite.file), *about, "--results", str(results), "--workers", "1", *more])


def test_the_command_never_passes_while_a_warning_stands(suite, tmp_path, capsys):
    assert command(suite, tmp_path, "--at-most", "1%", "--quiet") == Exit.NOT_DECIDED
    told = capsys.readouterr().out
    assert "WARNING: 2 repeats" in told
    assert "INCONCLUSIVE" in told
    assert "direct Monte-Carlo would need about" in told
    assert "ADV-011.RARE.yaml" in told


def test_a_claim_that_direct_runs_refute_fails(suite, tmp_path, capsys):
    assert command(suite, tmp_path, "--at-most", "0.00005", "--json") == Exit.FAILED
    found = json.loads(capsys.readouterr().out)
    assert found["direct"]["low"] > found["at_most"]
    assert found["why"].endswith("runs of direct Monte-Carlo fail")


@pytest.mark.parametrize("claim", ["0", "1.5", "often", "200%"])
def test_a_claim_that_is_no_probability_is_refused(suite, tmp_path, capsys, claim):
    assert command(suite, tmp_path, "--at-most", claim) == Exit.BAD_INPUT
    assert "wanted a probability such as 1e-4 or 0.01%" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())

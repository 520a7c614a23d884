"""A user's mistake: one clear message, the right exit code, no traceback, nothing half-written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from small_suite import Run, spoil

TRIP = "cstr/saf_001_all_control_lost.yaml"
SCENARIO = "cstr/net_003_ai_heartbeat_loss.yaml"
CASES = {
    "unknown tag": (
        "cstr/saf_001_all_control_lost.yaml",
        "target: TV-101",
        "target: TV-10",
        "did you mean TV-101",
    ),
    "wrong unit": (SCENARIO, "[20 s, 60 s]", "[20 K, 60 s]", "20 K"),
    "bare number": (SCENARIO, "[20 s, 60 s]", "[20, 60 s]", "20"),
    "negative duration": (SCENARIO, "duration: 120 s", "duration: -120 s", "not negative"),
    "NaN": (SCENARIO, "duration: 120 s", "duration: .nan", "nan"),
    "duplicate key": (SCENARIO, "start: nominal", "start: nominal\nstart: nominal", "start"),
    "anchor": (SCENARIO, "start: nominal", "start: &a nominal", "anchor"),
    "unknown key": (SCENARIO, "duration:", "durations:", "did you mean duration"),
    "unknown requirement": (SCENARIO, "R-12,", "R-99,", "R-99"),
    "syntax": (SCENARIO, "threats:", "threats: [", "YAML"),
    "formula": ("cstr/requirements.yaml", "rise(mode.TIC-101 == AI)", "rise(mode.TIC-10 == AI)", "TIC-101"),
    "state": ("cstr/requirements.yaml", "mode.TIC-101 == AUTO", "mode.TIC-101 == AUT", "AUTO"),
    "missing scenario": ("suites/small.yaml", "../cstr/net_003_ai", "../cstr/net_003", "net_003"),
    "unknown mutant": ("suites/small.yaml", "watchdog_doubled", "watchdog_double", "watchdog_doubled"),
    "unknown plant": ("suites/small.yaml", "plant: cstr", "plant: cst", "cstr"),
}


def refused(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_file_is_refused_with_its_place(
    case: str, small: Path, plantproof: Run, tmp_path: Path
) -> None:
    file, old, new, told = CASES[case]
    spoil(small.parents[1] / file, old, new)
    done = plantproof("check", small)
    refused(done)
    assert told in done.stderr, done.stderr
    assert f"{Path(file).name}:" in done.stderr, done.stderr
    assert not (tmp_path / "results").exists()


def test_every_mistake_of_a_stage_is_shown_at_once(small: Path, plantproof: Run) -> None:
    scenario = small.parents[1] / SCENARIO
    spoil(scenario, "duration: 120 s", "duration: 120")
    spoil(scenario, "median: 30 s", "median: 30 K")
    spoil(small.parents[1] / "cstr" / "criteria.yaml", "confidence: 95 %", "confidence: high")
    done = plantproof("check", small)
    refused(done)
    assert done.stderr.count("wanted") == 3, done.stderr


def test_run_refuses_what_check_refuses(small: Path, plantproof: Run, tmp_path: Path) -> None:
    spoil(small, "seed: 7", "seed: seven")
    refused(plantproof("run", small))
    assert not (tmp_path / "results").exists()


def test_a_file_over_a_megabyte_is_refused(small: Path, plantproof: Run) -> None:
    small.write_text(small.read_text() + "#" * 1_100_000)
    done = plantproof("check", small)
    refused(done)
    assert "1 MB" in done.stderr


@pytest.mark.parametrize("content", [None, b"", b"no model at all", b"\x08\x07" * 1000])
def test_a_missing_or_malformed_policy_is_refused(
    content: bytes | None, small: Path, plantproof: Run, own_plant: Path
) -> None:
    policy = own_plant.parent / "policy_rcas.onnx"
    policy.unlink() if content is None else policy.write_bytes(content)
    done = plantproof("check", small)
    refused(done)
    assert "policy_rcas.onnx" in done.stderr


@pytest.fixture
def own_plant(small: Path) -> Path:
    """A copy of the plant file and what lies beside it, which the small suite then uses."""
    import shutil

    source = Path(__file__).parents[2] / "plant_models" / "cstr"
    folder = small.parents[1] / "plant"
    folder.mkdir()
    for name in ("plant.yaml", "commissioning.json", "policy_rcas.onnx", "policy_rout.onnx"):
        shutil.copy(source / name, folder / name)
    spoil(small, "plant: cstr", "plant: ../plant/plant.yaml")
    for scenario in (small.parents[1] / "cstr").glob("*.yaml"):
        if "plant: cstr\n" in scenario.read_text() and scenario.name not in (
            "criteria.yaml",
            "requirements.yaml",
        ):
            spoil(scenario, "plant: cstr\n", "plant: ../plant/plant.yaml\n")
    return folder / "plant.yaml"


def test_a_plant_of_one_s_own_passes_the_check(own_plant: Path, small: Path, plantproof: Run) -> None:
    done = plantproof("check", small)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words", [["run"], ["frobnicate"], ["run", "x.yaml", "--workers", "0"], ["list", "x"]]
)
def test_wrong_command_lines_exit_2(words: list[str], plantproof: Run) -> None:
    refused(plantproof(*words))


def test_an_unknown_only_names_the_known_questions(small: Path, plantproof: Run) -> None:
    done = plantproof("run", small, "--only", "NET-03")
    refused(done)
    assert "NET-003, SAF-001" in done.stderr


def test_a_folder_that_is_no_results_folder_is_refused(tmp_path: Path, plantproof: Run) -> None:
    refused(plantproof("assess", tmp_path))
    refused(plantproof("report", tmp_path / "nowhere"))
    refused(plantproof("replay", tmp_path, "NET-003", "0"))

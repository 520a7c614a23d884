"""A suite with a policy of the user's own: it acts in every process, and the record says which it was."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from pathlib import Path

from small_suite import REPO, Run

FOLDER = REPO / "tests" / "fixtures" / "policies"
GIVEN = ("--policy", FOLDER / "torch_lstm.onnx", "--io", FOLDER / "cstr_io_sequence.yaml")


def test_a_run_with_a_foreign_policy_is_recorded_and_replays_bit_for_bit(
    small: Path, plantproof: Run, tmp_path: Path
):
    """Two workers: each must have taken the foreign policy too, or the replay in one process would differ."""
    done = plantproof("run", small, *GIVEN, "--workers", 2, "--replicas", 4, "--only", "NET-003", "--quiet")
    assert done.returncode in (1, 3), done.stderr
    assert "it is asked row by row" in done.stderr
    folder = next((tmp_path / "results" / "small").iterdir())
    start = json.loads((folder / "start.json").read_text())
    for name, path in (("policy", GIVEN[1]), ("io", GIVEN[3])):
        content = Path(path).read_bytes()
        assert start["foreign"][name]["sha256"] == sha256(content).hexdigest()
        assert (folder / "inputs" / f"policies__{Path(path).name}").read_bytes() == content
    resolved = json.loads((folder / "resolved.json").read_text())
    assert resolved["plants"]["cstr"]["policies"]["rcas"] == "policies__torch_lstm.onnx"
    again = plantproof("replay", folder, "NET-003", 1)
    assert "bit-identical" in again.stdout, again.stdout + again.stderr


def test_over_tcp_the_controllers_process_has_the_foreign_policy_too(
    small: Path, plantproof: Run, tmp_path: Path
):
    digests = []
    for transport in ("process", "tcp"):
        words = ("--replicas", 1, "--only", "NET-003", "--quiet", "--workers", 1, "--results", transport)
        done = plantproof("run", small, *GIVEN, *words, "--transport", transport)
        assert done.returncode in (1, 3), done.stderr
        rows = next((tmp_path / transport / "small").iterdir()) / "rows" / "NET-003" / "main-000000.csv"
        digests.append(next(csv.DictReader(rows.read_text().splitlines()))["digest"])
    assert digests[0] == digests[1]


def test_policy_and_io_file_go_together(small: Path, plantproof: Run):
    for half in (GIVEN[:2], GIVEN[2:]):
        done = plantproof("check", small, *half)
        assert done.returncode == 2
        assert "go together" in done.stderr


def test_a_policy_that_would_take_the_machine_down_stops_the_run_before_it_begins(
    small, plantproof, tmp_path
):
    hostile = FOLDER / "hostile" / "asks_for_gigabytes.onnx"
    done = plantproof("run", small, "--policy", hostile, "--io", GIVEN[3], "--quiet")
    assert done.returncode == 2
    assert "a request for more than 1 GB of memory" in done.stderr
    assert not (tmp_path / "results").exists()

"""What `plantproof campaign` says and how it leaves: mistakes are told, a counterexample is exit code 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.cli import run
from simulator.core.verdict import Exit

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
SUITE = """\
schema: 1
suite: brief
plant: cstr
requirements: {at}/cstr/requirements.yaml
criteria: {at}/cstr/criteria.yaml
catalogue: {{attack_ics: ["18.1"], atlas: "5.6.1"}}
seed: 3
scenarios: [shut.yaml]
record: {{traces: {{worst: 1, failed: 1, random: 1}}, rows: all}}
budget: {{wall: 5 min, memory_per_worker: 500 MB, disk: 1 MB}}
"""
SHUT = """\
schema: 1
id: SHUT
question: Does a valve that goes shut call upon the safety function?
plant: cstr
duration: 40 s
threats:
  - {name: shut, kind: force, tap: actuator, target: TV-101, onset: 5 s, value: 0 %}
operator: none
requirements: [R-01, R-02]
"""


@pytest.fixture
def suite(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shut.yaml").write_text(SHUT)
    (tmp_path / "suite.yaml").write_text(SUITE.format(at=SCENARIOS.as_posix()))
    return str(tmp_path / "suite.yaml")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "wanted --runs N, --plant-years Y, or --resume FOLDER"),
        (["--plant-years", "1"], "got no key 'year', wanted a suite with a plant-year"),
        (["--plant-years", "1", "--only", "SHUT"], "a plant-year needs all its questions"),
        (["--runs", "4", "--only", "SHOT"], "got --only SHOT, wanted one of SHUT"),
        (["--runs", "4", "--cluster", "tcp://127.0.0.1:9"], "a cluster that is away"),
        (["--resume", "nowhere"], "SUITE: the folder of --resume says that already"),
    ],
)
def test_a_mistake_is_told_and_leaves_with_two(words, told, suite, capsys):
    if "--cluster" in words:
        pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    assert run(["campaign", suite, *words]) == Exit.BAD_INPUT
    assert told in capsys.readouterr().err
    assert not Path("results").exists()


def test_without_a_suite_or_a_folder_there_is_nothing_to_do(capsys, tmp_path):
    assert run(["campaign", "--runs", "3"]) == Exit.BAD_INPUT
    assert "wanted SUITE, or --resume FOLDER" in capsys.readouterr().err
    assert run(["campaign", "--resume", str(tmp_path)]) == Exit.BAD_INPUT
    assert "got a folder without start.json and resolved.json" in capsys.readouterr().err


def test_one_violation_is_a_counterexample_and_the_table_tells_it(suite, capsys):
    words = ["campaign", suite, "--runs", "4", "--workers", "1", "--quiet"]
    assert run([*words, "--json"]) == Exit.FAILED
    outcome = json.loads(capsys.readouterr().out)
    (question,) = outcome["questions"]
    assert question["requirements"]["R-02"]["failed"] == question["demands"]["any"] == 4
    assert question["requirements"]["R-01"]["verdict"] == "PASS"
    folder = Path(outcome["folder"])
    assert (folder / "stop.json").exists()
    (folder / "stop.json").unlink()
    (folder / "manifest.json").unlink()
    assert run(["campaign", "--resume", str(folder), "--workers", "1", "--quiet"]) == Exit.FAILED
    shown = capsys.readouterr().out
    assert "4 of 4" in shown
    assert outcome["rows_sha256"] in shown

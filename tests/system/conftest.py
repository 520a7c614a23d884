"""A small suite in a folder of its own, quick enough to run many times."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
SUITE = """\
schema: 1
suite: small
plant: cstr
requirements: ../cstr/requirements.yaml
criteria: ../cstr/criteria.yaml
catalogue: {attack_ics: ["18.1", "19.1"], atlas: "5.6.1"}
seed: 7
scenarios: [../cstr/net_003_ai_heartbeat_loss.yaml, ../cstr/saf_001_all_control_lost.yaml]
design_checks: [R-22]
out_of_scope: {HUM-001: needs real sockets}
controls:
  null_injection: {id: CTL-002, of: [NET-003]}
  repeat: {id: CTL-004, of: all, replicas: 2}
  mutants: {id: CTL-003, replicas: 2, remove: {watchdog: NET-003, SIF-101: SAF-001}, break: {watchdog_doubled: NET-003}}
record: {traces: {worst: 1, failed: 2, random: 1}, rows: all}
budget: {wall: 10 min, memory_per_worker: 500 MB, disk: 10 MB}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A suite of two short questions; its files may be spoilt at will."""
    shutil.copytree(REPO / "scenarios" / "cstr", tmp_path / "files" / "cstr")
    suite = tmp_path / "files" / "suites" / "small.yaml"
    suite.parent.mkdir()
    suite.write_text(SUITE)
    for name in ("net_003_ai_heartbeat_loss", "saf_001_all_control_lost"):
        scenario = tmp_path / "files" / "cstr" / f"{name}.yaml"
        short = scenario.read_text().replace("600 s", "120 s").replace("[60 s, 300 s]", "[20 s, 60 s]")
        scenario.write_text(short)
    spoil(suite.parent.parent / "cstr" / "criteria.yaml", "replicas: 59, failures", "replicas: 6, failures")
    return suite


def spoil(path: Path, old: str, new: str) -> None:
    """Replace a text in a file; it must be there."""
    text = path.read_text()
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new))


Run = Callable[..., "subprocess.CompletedProcess[str]"]


def command(*words: str | Path) -> list[str]:
    """The command line that runs plantproof in a process of its own."""
    return [sys.executable, "-c", "from simulator.cli import main; main()", *map(str, words)]


@pytest.fixture
def plantproof(tmp_path: Path) -> Run:
    """Run the command in a process of its own, in the test's folder."""

    def run(*words: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"COLUMNS": "160", "NO_COLOR": "1"}
        return subprocess.run(
            command(*words), cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
            env=environment, **options,  # type: ignore[call-overload]
        )  # fmt: skip

    return run

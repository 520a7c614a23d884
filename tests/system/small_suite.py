"""The text of a small suite, and what tests do to its files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

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
  mutants:
    id: CTL-003
    replicas: 8
    remove: {watchdog: NET-003, SIF-101: SAF-001}
    break: {watchdog_doubled: NET-003}
record: {traces: {worst: 1, failed: 2, random: 1}, rows: all}
budget: {wall: 10 min, memory_per_worker: 500 MB, disk: 10 MB}
"""


def spoil(path: Path, old: str, new: str) -> None:
    """Replace a text in a file; it must be there."""
    text = path.read_text()
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new))


Run = Callable[..., "subprocess.CompletedProcess[str]"]


def command(*words: str | Path) -> list[str]:
    """The command line that runs plantproof in a process of its own."""
    return [sys.executable, "-c", "from simulator.cli import main; main()", *map(str, words)]

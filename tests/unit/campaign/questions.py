"""Questions of the tests, put into suites of their own."""

from __future__ import annotations

from pathlib import Path

from simulator.campaign.experiment import Experiment
from simulator.campaign.work import Workshop
from simulator.scenario.resolve import resolve_suite

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
SUITE = """\
schema: 1
suite: asked
plant: cstr
requirements: {at}/cstr/requirements.yaml
criteria: {at}/cstr/criteria.yaml
catalogue: {{attack_ics: ["18.1"], atlas: "5.6.1"}}
seed: 2601
scenarios: [{names}]
record: {{traces: {{worst: 1, failed: 1, random: 1}}, rows: all}}
budget: {{wall: 5 min, memory_per_worker: 500 MB, disk: 1 MB}}
"""
HEAT = """\
schema: 1
id: ADV-011
question: Which course of the feed's temperature is the worst?
plant: cstr
duration: 60 s
threats:
  - name: heat
    kind: profile
    tap: process
    target: feed_temperature
    onset: {uniform: [5 s, 10 s]}
    piece: 10 s
    levels: [{uniform: [345 K, 355 K]}, 350 K, {uniform: [345 K, 355 K]}]
    search: {levels: [330 K, 370 K]}
  - name: lie
    kind: offsets
    tap: input
    target: TT-101
    onset: 5 s
    piece: 2 s
    levels: [-1 K, 1 K, {normal: {mean: 0 K, sd: 1 K}}]
operator: none
requirements: [R-01, R-02]
"""


def shop(folder: Path, *files: Path) -> Workshop:
    """A workshop with these questions."""
    suite = folder / "suite.yaml"
    names = ", ".join(path.as_posix() for path in files)
    suite.write_text(SUITE.format(at=SCENARIOS.as_posix(), names=names))
    return Workshop(resolve_suite(suite))


def asked(folder: Path) -> Experiment:
    """A question with two courses over time."""
    (folder / "heat.yaml").write_text(HEAT)
    return Experiment(shop(folder, folder / "heat.yaml"), "ADV-011")

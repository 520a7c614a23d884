"""The shipped questions: which rows of the catalogue they put, and with which technique ids."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import pytest

from simulator.scenario.catalogue import ATTACK_ICS, atlas, attack_ics
from simulator.scenario.resolve import resolve_suite

SUITES = Path(__file__).resolve().parents[3] / "scenarios" / "suites"
REACTOR = SUITES / "cstr_predeployment.yaml"
CONTROLS = ("CTL-002", "CTL-003", "CTL-004")


@pytest.fixture(scope="module")
def reactor():
    return resolve_suite(REACTOR)


def catalogue():
    text = (files("simulator.catalogue") / "scenarios.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def without_sockets():
    """First-tier rows that need neither sockets, nor an attack on the policy's weights, nor an agent."""
    later = ("ADV", "AGT", "TMP", "CMB")
    rows = [row for row in catalogue().values() if row["tier"] == "P0" and row["mode"] != "modbus"]
    return [row["id"] for row in rows if not row["id"].startswith(later)]


def test_every_first_tier_row_that_needs_no_sockets_is_asked_of_the_reactor(reactor):
    asked = {scenario.base for scenario in reactor.scenarios.values()} | set(CONTROLS)
    assert len(without_sockets()) == 27
    assert set(without_sockets()) <= asked


def test_the_controls_of_the_suite_are_the_catalogue_s(reactor):
    controls = reactor.spec.controls
    found = (controls.null_injection.id, controls.mutants.id, controls.repeat.id)
    assert found == CONTROLS


@pytest.mark.parametrize("path", sorted(SUITES.glob("*.yaml")), ids=lambda path: path.stem)
def test_technique_ids_are_those_of_the_row_in_both_versions_and_exist_there(path):
    for scenario in resolve_suite(path).scenarios.values():
        row = catalogue().get(scenario.streams)
        if row is None:  # a part of a plant-year, or what a search asks: no suite that is signed has one
            assert scenario.row is None
            assert not path.stem.endswith("_predeployment")
            continue
        for version in ATTACK_ICS:
            written = tuple(part.strip() for part in row[f"attack_ics_{version}"].split(";") if part.strip())
            assert scenario.row.attack_ics[version] == written
            assert set(written) <= set(attack_ics(version)), f"{scenario.base} in {version}"
        assert set(scenario.row.atlas) <= set(atlas("5.6.1"))


def test_a_random_fault_has_no_technique(reactor):
    for key in ("SNS-001", "SNS-006", "ACT-002", "MDL-003", "SAF-006"):
        assert not any(reactor.scenarios[key].row.attack_ics.values())


def test_every_question_of_the_reactor_is_asked_in_both_phases_in_which_the_ai_may_be_armed(reactor):
    for key in ("NET-003", "SNS-002", "MDL-008", "SAF-001"):
        assert reactor.scenarios[key].spec.phase == "RUN"
        assert reactor.scenarios[f"{key}.LOAD"].spec.phase == "LOAD"
    allowed = {n for n, p in reactor.plant.spec.phases.items() if p.ai == "allowed"}
    assert allowed == {"RUN", "LOAD"}

"""The shipped catalogue: scenario rows with their technique ids, and the lists of those ids."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ATTACK_ICS = ("18.1", "19.1")
ATLAS = ("5.6.1",)


@dataclass(frozen=True)
class Row:
    """One scenario of the catalogue.

    Attributes
    ----------
    id, title : str
        Such as ``SNS-002``, ``sensor_bias_step``.
    tier : str
        ``P0`` (first) to ``P3``.
    mode : str
        ``des`` (virtual time), ``modbus`` (real sockets) or ``either``.
    attack_ics : mapping of str to tuple of str
        ATT&CK for ICS ids by version of the list; empty for random faults.
    atlas : tuple of str
        ATLAS ids.
    reaction, acceptance : str
        Expected safe-failure reaction and acceptance criterion, in words.
    """

    id: str
    title: str
    tier: str
    mode: str
    attack_ics: Mapping[str, tuple[str, ...]]
    atlas: tuple[str, ...]
    reaction: str
    acceptance: str


def _table(name: str) -> list[dict[str, str]]:
    text = (files("simulator.catalogue") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _ids(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


@cache
def rows() -> Mapping[str, Row]:
    """Every row of the catalogue by id."""
    return {row["id"]: _row(row) for row in _table("scenarios.csv")}


def _row(row: dict[str, str]) -> Row:
    attack = {version: _ids(row[f"attack_ics_{version}"]) for version in ATTACK_ICS}
    head = (row["id"], row["title"], row["tier"], row["mode"])
    return Row(*head, attack, _ids(row[f"atlas_{ATLAS[0]}"]), row["expected_reaction"], row["acceptance"])


@cache
def attack_ics(version: str) -> Mapping[str, str]:
    """ATT&CK for ICS technique names by id, of one version."""
    return {row["id"]: row["name"] for row in _table(f"attack_ics_{version}.csv")}


@cache
def atlas(version: str) -> Mapping[str, str]:
    """ATLAS technique names by id, of one version."""
    return {row["id"]: row["name"] for row in _table(f"atlas_{version}.csv")}


@cache
def iec_62443() -> Mapping[str, tuple[str, ...]]:
    """System requirements of IEC 62443-3-3 by technique, as MITRE labels its mitigations (18.1)."""
    table = _table("attack_ics_18.1_to_62443_3_3.csv")
    return {row["technique"]: _ids(row["iec_62443_3_3"]) for row in table}

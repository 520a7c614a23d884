"""A history that is known to the last bit: two minutes of the quadruple tank, as a historian exports them."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.campaign.jobs import Job
from simulator.campaign.work import Workshop
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolve_plant import resolve_plant

REPO = Path(__file__).resolve().parents[4]
SUITE = REPO / "scenarios" / "suites" / "quadruple_tank_predeployment.yaml"
TAGS = ("LT-201", "LT-202", "FT-211", "FT-212", "ST-201", "ST-202")
LOOPS = ("sp.LIC-201", "op.LIC-201", "sp.LIC-202", "op.LIC-202", "sif.IL-201", "sif.IL-202")


@pytest.fixture(scope="session")
def plant():
    """The quadruple tank."""
    return resolve_plant("quadruple_tank")[0]


@pytest.fixture(scope="session")
def day():
    """What was recorded of it, with the AI in charge."""
    suite = resolve_suite(SUITE)
    return Workshop(suite).traces(Job("CTL-001", "main", 0, 1, 120_000), everything=True)


@pytest.fixture
def export(day, tmp_path):
    """Write some of the day as CSV; `change` may rewrite the rows (lists of texts, header first)."""

    def write(change=None, names=(*TAGS, *LOOPS), every=1):
        rows = [["time [s]", *(head(day, name) for name in names)]]
        for k in range(0, len(day.data["LT-201"]), every):
            rows.append([f"{k * 0.2:.1f}", *(cell(day, name, k) for name in names)])
        rows = change(rows) if change else rows
        path = tmp_path / "history.csv"
        path.write_text("\n".join(",".join(row) for row in rows) + "\n")
        return path

    return write


def head(day, name):
    unit = day.signals[name].unit
    return f"{name} [{unit}]" if unit else name


def cell(day, name, k):
    value, states = float(day.data[name][k, 0]), day.signals[name].states
    return next(word for word, code in states.items() if code == value) if states else repr(value)

"""The drift monitor's page: what the commissioning file holds, and delays that follow from it."""

from __future__ import annotations

import json

import pytest

from simulator.campaign.commission.arl import two_sided
from simulator.record.writer import put_json
from simulator.report.drift import lines, monitors
from simulator.report.folder import Folder, load
from simulator.report.page import write
from simulator.report.plot import drift_monitors

ONE = {
    "explain": "heat", "by": [], "changes": [], "intercept": 0.0, "slopes": [], "memory": [0.5, 0.25],
    "sigma": 2.0, "slack": 0.5, "limit": 8.0,
    "measured": {
        "inflation": 1.0, "samples_between_alarms": 7200.0, "asked": 1500.0, "got": 1449.0, "alarms": 100.0,
    },
}  # fmt: skip


@pytest.fixture
def found(folder) -> Folder:
    """A folder whose plant has a commissioning file with one monitor."""
    file = {"variants": {"rcas": {"novelty": None, "monitor": {"heat": ONE}}}}
    (folder.inputs / "tank__commissioning.json").write_text(json.dumps(file))
    one = load(folder)
    one.resolved["plants"]["tank"] |= {"commissioning": "commissioning.json", "monitor": {"period": 10_000}}
    return one


def test_delays_are_those_of_the_chain_at_the_limit_that_is_set(found):
    (one,) = monitors(found)
    assert one.delay(1.0) * 360.0 == pytest.approx(two_sided(8.0, 1.0), rel=0.01)
    assert one.lasting == pytest.approx(8.0)  # three quarters of a lasting shift are taken for memory
    (line,) = lines(found)
    assert line["set"] == "20 h"
    assert line["measured"].startswith("4.03 h (3.37 to 5.01) for 4.17 h asked, 100 alarms")


def test_the_figure_is_drawn_of_commissioned_plants_only(found, folder):
    (picture,) = drift_monitors(found)
    assert "heat, rcas: set to one false alarm in 20 h" in picture.alt
    bare = load(folder)
    assert list(drift_monitors(bare)) == lines(bare) == []


def test_the_page_of_a_commissioned_plant_has_the_monitor_and_of_no_other(found, folder):
    resolved = json.loads(folder.resolved.read_text())
    assert "a slow change of the plant is not watched" in write(folder).read_text(encoding="utf-8")
    resolved["plants"]["tank"] |= {"commissioning": "commissioning.json", "monitor": {"period": 10_000}}
    put_json(folder.resolved, resolved, replace=True)
    assert "4.03 h (3.37 to 5.01) for 4.17 h asked, 100 alarms" in write(folder).read_text(encoding="utf-8")

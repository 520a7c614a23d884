"""Which campaign a report shows: of the same input, finished, the newest; anything else is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.record.layout import Layout
from simulator.record.writer import put_json, put_manifest
from simulator.report.campaigns import doubts, find, told
from simulator.report.folder import Folder


def campaign(results: Path, number: int, digest: str, ended: bool = True, code: str = "c") -> Layout:
    """A falsify folder as it is left behind."""
    layout = Layout(results / "tanks.falsify" / f"{number:04d}-{digest[:8]}")
    put_json(layout.start, {"suite": "tanks", "kind": "falsify", "digest": digest, "code": code})
    put_json(layout.root / "falsify.json", {"format": 1, "number": number})
    if ended:
        put_json(layout.stop, {"format": 1})
        put_manifest(layout)
    return layout


@pytest.fixture
def suite(tmp_path: Path) -> Folder:
    """A suite's folder as the report reads it."""
    layout = Layout(tmp_path / "tanks" / "0007-aaaaaaaa")
    start = {"suite": "tanks", "digest": "a" * 64, "code": "c"}
    return Folder(layout, "0007-aaaaaaaa", start, {}, {}, {}, {}, True)


def test_the_newest_finished_campaign_of_the_same_input_is_shown(suite: Folder, tmp_path: Path) -> None:
    campaign(tmp_path, 1, "a" * 64)
    newest = campaign(tmp_path, 2, "a" * 64)
    campaign(tmp_path, 3, "a" * 64, ended=False)
    campaign(tmp_path, 4, "b" * 64)
    assert find(suite, "falsify") == newest
    assert told(suite, "falsify")["number"] == 2
    assert doubts(suite, "falsify") == []


def test_another_kind_or_input_is_none(suite: Folder, tmp_path: Path) -> None:
    campaign(tmp_path, 1, "aaaaaaaa" + "b" * 56)  # as its folder's name, and yet another digest
    assert find(suite, "falsify") is None
    assert find(suite, "campaign") is None
    assert told(suite, "falsify") == {}


def test_a_campaign_is_its_own_report(tmp_path: Path) -> None:
    layout = campaign(tmp_path, 1, "a" * 64)
    start = {"suite": "tanks", "kind": "falsify", "digest": "a" * 64}
    mine = Folder(layout, layout.root.name, start, {}, {}, {}, {}, True)
    assert find(mine, "falsify") == layout


def test_another_version_and_changed_files_are_told(suite: Folder, tmp_path: Path) -> None:
    layout = campaign(tmp_path, 1, "a" * 64, code="older")
    put_json(layout.root / "falsify.json", {"format": 1, "number": 9}, replace=True)
    version, altered = doubts(suite, "falsify")
    assert "another version" in version
    assert "falsify.json" in altered

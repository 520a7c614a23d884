"""The starter project is whole, one's own, and never over somebody's files."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from simulator.core.errors import InputError
from simulator.scenario import starter
from simulator.scenario.resolve import resolve_suite


def texts(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text(encoding="utf-8") for p in sorted(folder.rglob("*.yaml"))}


def test_the_copy_passes_every_check_with_plants_of_its_own(tmp_path):
    suite = resolve_suite(starter.start(tmp_path / "own"))
    shipped = resolve_suite(starter.questions() / "suites" / suite.file.name)
    assert list(suite.scenarios) == list(shipped.scenarios)
    for plant in suite.plants.values():
        assert plant.file.is_relative_to((tmp_path / "own" / "plants").resolve())
        assert all(path.is_relative_to((tmp_path / "own").resolve()) for path in plant.policies.values())


def test_only_the_plant_of_suite_and_scenarios_is_edited(tmp_path):
    starter.start(tmp_path / "own")
    copied, source = texts(tmp_path / "own" / "scenarios"), texts(starter.questions())
    assert copied.keys() == source.keys()
    for name, text in source.items():
        pairs = list(zip(text.splitlines(), copied[name].splitlines(), strict=True))
        changed = [(old, new) for old, new in pairs if old != new]
        assert all(old.strip().startswith("plant:") and "/plants/" in new for old, new in changed)
        crossed = len(re.findall(r"^ +plant: ", text, re.MULTILINE))
        assert len(changed) == (0 if name.endswith(("requirements.yaml", "criteria.yaml")) else 1 + crossed)


def test_comments_and_quotes_beside_the_plant_are_kept(tmp_path):
    place = tmp_path / "scenarios" / "suites" / "one.yaml"
    head = "suite: one\n"
    for old, new in (
        ("plant: cstr   # fast\n", "plant: ../../plants/cstr/plant.yaml   # fast\n"),
        ('plant: "cstr"\n', "plant: ../../plants/cstr/plant.yaml\n"),
        ("plant: ./own.yaml\n", "plant: ./own.yaml\n"),
        ("plant: unheard_of\n", "plant: unheard_of\n"),
    ):
        assert starter._own(head + old, place, tmp_path) == head + new
    assert starter._own("schema: 1\nplant: cstr\n", place, tmp_path) == "schema: 1\nplant: cstr\n"


def test_the_readme_names_files_that_are_there(tmp_path):
    suite = starter.start(tmp_path / "own")
    told = (tmp_path / "own" / "README.md").read_text(encoding="utf-8")
    for line in starter.commands(suite.relative_to(tmp_path / "own")):
        assert line in told
    assert suite.is_file()


def test_a_folder_that_is_not_empty_is_refused_untouched(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        starter.start(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("link", [True, False])
def test_a_file_or_a_link_is_refused(tmp_path, link):
    place = tmp_path / "own"
    place.symlink_to(tmp_path / "elsewhere") if link else place.write_text("mine")
    with pytest.raises(InputError, match="a file or a link"):
        starter.start(place)
    assert len(list(tmp_path.iterdir())) == 1


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path):
    place = tmp_path / "own"
    place.mkdir()
    before = place.stat().st_ino
    starter.start(place)
    assert place.stat().st_ino == before
    assert sorted(path.name for path in place.iterdir()) == ["README.md", "plants", "scenarios"]


def test_a_copy_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(starter, "_copy_plant", full)
    with pytest.raises(OSError, match="No space"):
        starter.start(tmp_path / "own")
    assert list(tmp_path.iterdir()) == []


def test_copied_files_may_be_written_to(tmp_path):
    starter.start(tmp_path / "own")
    files = [path for path in (tmp_path / "own").rglob("*") if path.is_file()]
    assert files
    assert all(os.access(path, os.W_OK) and path.stat().st_mode & 0o200 for path in files)


def test_a_package_without_its_scenarios_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(starter, "_PACKAGE", tmp_path / "site" / "simulator")
    with pytest.raises(InputError, match="installed whole"):
        starter.start(tmp_path / "own")
    assert not (tmp_path / "own").exists()

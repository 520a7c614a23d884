"""A new user's first minute: a project of one's own that passes the check from anywhere."""

from __future__ import annotations

from pathlib import Path

from small_suite import Run, spoil


def test_a_new_project_passes_the_check_from_another_folder(tmp_path: Path, plantproof: Run) -> None:
    own = tmp_path / "far" / "own"
    done = plantproof("init", own)
    assert done.returncode == 0, done.stderr
    suite = own / "scenarios" / "suites" / "cstr_predeployment.yaml"
    assert f"plantproof check {suite.relative_to(own)}" in done.stdout
    checked = plantproof("check", suite)
    assert checked.returncode == 0, checked.stderr
    assert "nothing wrong" in checked.stdout


def test_the_plant_file_that_is_checked_is_the_copy(tmp_path: Path, plantproof: Run) -> None:
    plantproof("init", "own")
    own = tmp_path / "own"
    spoil(own / "plants" / "cstr" / "plant.yaml", "heartbeat: 3 s", "heartbeat: 3 K")
    done = plantproof("check", own / "scenarios" / "suites" / "cstr_predeployment.yaml")
    assert done.returncode == 2
    assert "plants/cstr/plant.yaml" in done.stderr


def test_every_plant_of_the_questions_is_copied_with_what_lies_beside_it(
    tmp_path: Path, plantproof: Run
) -> None:
    assert plantproof("init", "own").returncode == 0
    own = tmp_path / "own"
    plants = {path.parent.name for path in own.glob("plants/*/plant.yaml")}
    assert plants == {"cstr", "cstr_slow", "quadruple_tank", "quadruple_tank_plus"}
    assert (own / "plants" / "cstr" / "commissioning.json").is_file()
    checked = plantproof("check", own / "scenarios" / "suites" / "quadruple_tank_predeployment.yaml")
    assert checked.returncode == 0, checked.stderr


def test_init_twice_is_refused(tmp_path: Path, plantproof: Run) -> None:
    assert plantproof("init").returncode == 0
    again = plantproof("init")
    assert again.returncode == 2
    assert "not empty" in again.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["plantproof-starter"]

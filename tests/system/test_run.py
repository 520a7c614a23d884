"""The command as its user meets it: verdicts, exit codes, folders, replay."""

from __future__ import annotations

import json
from pathlib import Path

from small_suite import Run, spoil


def only_folder(tmp_path: Path) -> Path:
    (folder,) = (tmp_path / "results" / "small").iterdir()
    return folder


def test_a_suite_that_passes_exits_0_and_leaves_a_folder_that_stands_alone(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    done = plantproof("run", small, "--workers", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NO BLOCKING FINDING" in done.stdout
    folder = only_folder(tmp_path)
    for name in (
        "start.json",
        "resolved.json",
        "controls.json",
        "stop.json",
        "verdicts.json",
        "manifest.json",
    ):
        assert (folder / name).exists(), name
    assert (folder / "report.html").stat().st_size > 10_000
    assert not list(folder.rglob("*.partial"))
    verdicts = json.loads((folder / "verdicts.json").read_text())
    for scenario in verdicts["scenarios"]:
        for ruling in scenario["requirements"]:
            assert ruling["n"] >= ruling["planned"] == 6
            assert 0.39 < ruling["bound"] < 0.40  # 1 - 0.05 ** (1 / 6)


def test_a_replica_alone_equals_the_recorded_one_and_lists_its_events(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    plantproof("run", small, "--workers", "1", "--quiet")
    folder = only_folder(tmp_path)
    for scenario, replica in (("NET-003", 3), ("SAF-001", 5)):
        again = plantproof("replay", folder, scenario, str(replica), "--json")
        assert again.returncode == 0, again.stderr
        told = json.loads(again.stdout)
        assert told["identical"] is True
        assert any(event["signal"] == "mode.TIC-101" for event in told["events"])
    table = tmp_path / "replica.csv"
    assert plantproof("replay", folder, "NET-003", "0", "--csv", table).returncode == 0
    head = table.read_text().splitlines()[0].split(",")
    assert {"time_ms", "true.reactor_temperature", "mode.TIC-101"} <= set(head)


def test_a_replica_of_which_nothing_was_recorded_is_shown_and_proves_nothing(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    plantproof("run", small, "--workers", "1", "--quiet")
    again = plantproof("replay", only_folder(tmp_path), "NET-003", "123456")
    assert again.returncode == 3, again.stderr
    assert "nothing was recorded of this replica" in again.stdout


def test_replay_refuses_input_that_has_changed(small: Path, plantproof: Run, tmp_path: Path) -> None:
    plantproof("run", small, "--workers", "1", "--quiet")
    spoil(small, "seed: 7", "seed: 8")
    again = plantproof("replay", only_folder(tmp_path), "NET-003", "0")
    assert again.returncode == 2
    assert "have changed since the run" in again.stderr


def test_a_violated_requirement_exits_1(small: Path, plantproof: Run) -> None:
    spoil(small.parents[1] / "cstr" / "requirements.yaml", "eventually[0:3.4 s]", "eventually[0:1 s]")
    done = plantproof("run", small, "--workers", "2", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["finding"] in ("BLOCKING FINDINGS", "VOID")


def test_fewer_replicas_than_planned_are_inconclusive_and_exit_3(small: Path, plantproof: Run) -> None:
    done = plantproof("run", small, "--replicas", "5", "--workers", "1", "--json")
    assert done.returncode == 3
    verdicts = json.loads(done.stdout)
    assert verdicts["counts"].get("PASS", 0) == 1  # the design check needs no replicas
    assert verdicts["finding"] == "NOT READY"
    assert verdicts["exploratory"] is True


def test_replaced_sample_sizes_are_no_clean_finding_however_large(small: Path, plantproof: Run) -> None:
    done = plantproof("run", small, "--replicas", "7", "--workers", "2", "--json")
    verdicts = json.loads(done.stdout)
    assert set(verdicts["counts"]) == {"PASS"}
    assert (verdicts["exploratory"], verdicts["finding"]) == (True, "NOT READY")


def test_a_mutant_that_survives_makes_the_suite_void(small: Path, plantproof: Run) -> None:
    spoil(small, "watchdog_doubled: NET-003", "sif_latch_leaks: NET-003")
    done = plantproof("run", small, "--workers", "2")
    assert done.returncode == 3
    assert "VOID" in done.stdout
    assert "sif_latch_leaks" in done.stdout


def test_results_are_never_overwritten(small: Path, plantproof: Run, tmp_path: Path) -> None:
    for _ in range(2):
        plantproof("run", small, "--only", "NET-003", "--replicas", "1", "--workers", "1", "--quiet")
    names = sorted(folder.name[:5] for folder in (tmp_path / "results" / "small").iterdir())
    assert names == ["0001-", "0002-"]


def test_assess_gives_the_same_verdicts_from_the_folder_alone(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    first = plantproof("run", small, "--workers", "1", "--json")
    folder = only_folder(tmp_path)
    spoil(small, "suite: small", "suite: [")  # the input is no longer needed
    again = plantproof("assess", folder, "--json")
    assert again.returncode == first.returncode == 0
    told = [json.loads(done.stdout) | {"folder": ""} for done in (again, first)]
    assert told[0] == told[1]


def test_one_worker_and_two_give_the_same_rows(small: Path, plantproof: Run, tmp_path: Path) -> None:
    for workers in ("1", "2"):
        plantproof("run", small, "--workers", workers, "--quiet")
    one, two = sorted((tmp_path / "results" / "small").iterdir())
    names = sorted(path.relative_to(one) for path in (one / "rows").rglob("*.csv"))
    assert names
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_an_edited_row_is_noticed_and_nothing_passes_any_more(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    plantproof("run", small, "--workers", "1", "--quiet")
    folder = only_folder(tmp_path)
    (rows,) = (folder / "rows" / "NET-003").glob("main-*.csv")
    rows.write_text(rows.read_text().replace(",1,", ",1, ", 1))
    for _ in range(2):  # judging again does not make it right
        again = plantproof("assess", folder, "--json")
        assert again.returncode == 3
        verdicts = json.loads(again.stdout)
        assert verdicts["altered"] == ["rows/NET-003/main-000000.csv"]
        assert "PASS" not in verdicts["counts"]


def test_a_finished_folder_without_its_manifest_passes_nowhere_and_gets_no_new_one(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    plantproof("run", small, "--workers", "1", "--quiet")
    folder = only_folder(tmp_path)
    before = (folder / "manifest.json").read_bytes()
    assert plantproof("assess", folder).returncode == 0
    assert (folder / "manifest.json").read_bytes() == before, "judging does not write it"
    (folder / "manifest.json").unlink()
    again = plantproof("assess", folder, "--json")
    verdicts = json.loads(again.stdout)
    assert (again.returncode, verdicts["altered"]) == (3, ["manifest.json"])
    assert "PASS" not in verdicts["counts"]
    assert not (folder / "manifest.json").exists()


def test_a_row_that_is_no_number_is_refused_with_its_file(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    plantproof("run", small, "--workers", "1", "--quiet")
    (rows,) = (only_folder(tmp_path) / "rows" / "NET-003").glob("main-*.csv")
    head, first, *others = rows.read_text().splitlines()
    rows.write_text("\n".join([head, "x" + first, *others]) + "\n")
    done = plantproof("assess", only_folder(tmp_path))
    assert done.returncode == 2
    assert "main-000000.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_sources_of_the_physics_are_kept_with_the_run(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    plantproof("run", small, "--workers", "1", "--quiet")
    kept = {path.name for path in (only_folder(tmp_path) / "inputs").iterdir()}
    assert {"cstr__model.py", "cstr__plant.yaml"} <= kept
    start = json.loads((only_folder(tmp_path) / "start.json").read_text())
    assert "cstr__model.py" in start["inputs"]

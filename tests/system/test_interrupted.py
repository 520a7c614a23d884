"""Runs that do not end: killed, interrupted, out of disk. Nothing is lost and nothing passes."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from small_suite import Run, command, spoil

from simulator.campaign.execute import execute
from simulator.campaign.jobs import plan
from simulator.campaign.work import Workshop
from simulator.cli.table import exit_of
from simulator.core.errors import InputError
from simulator.core.verdict import Exit
from simulator.record.layout import Layout
from simulator.record.writer import sha256
from simulator.report.judged import assess
from simulator.report.page import write
from simulator.scenario.resolve import resolve_suite

KILLS = 50


def judged(folder: Path) -> None:
    """A folder that was left behind is readable, says INCONCLUSIVE and has a report."""
    layout = Layout(folder)
    verdicts = assess(layout)
    assert verdicts["finished"] is False
    assert verdicts["counts"].get("PASS", 0) == 0
    assert exit_of(verdicts) in (Exit.NOT_DECIDED, Exit.FAILED)
    assert "INCONCLUSIVE" in write(layout).read_text()


def killed_once(suite: Path, folder: Path, delay: float) -> list[Path]:
    folder.mkdir()
    run = subprocess.Popen(
        command("run", suite, "--workers", "1", "--quiet", "--results", folder),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    try:
        run.wait(delay)
    except subprocess.TimeoutExpired:
        run.kill()
    run.wait()
    return [start.parent for start in folder.glob("small/*/start.json")]


def test_kill_9_at_random_moments_leaves_a_readable_inconclusive_folder(small: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    (whole,) = killed_once(small, tmp_path / "whole", 300.0)
    length = time.monotonic() - began
    assert (whole / "stop.json").exists()
    draw = random.Random(20)
    delays = [draw.uniform(0.3 * length, 1.1 * length) for _ in range(KILLS)]
    with ThreadPoolExecutor(2) as pool:
        left = list(pool.map(lambda k: killed_once(small, tmp_path / f"kill{k}", delays[k]), range(KILLS)))
    unfinished = [folder for found in left for folder in found if not (folder / "stop.json").exists()]
    assert len(unfinished) >= 5, "the kills came too early or too late to show anything"
    for folder in unfinished:
        judged(folder)


@pytest.fixture
def running(small: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run with two workers and so many replicas that it is still busy when it is disturbed."""
    words = (
        "run",
        small,
        "--workers",
        "2",
        "--quiet",
        "--replicas",
        "4000",
        "--results",
        tmp_path / "results",
    )
    run = subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    yield run
    if run.poll() is None:
        run.kill()
    run.communicate()


def workers_of(run: subprocess.Popen[str], tmp_path: Path) -> list[int]:
    """Process ids of the pool's workers, once they have begun."""
    for _ in range(600):
        if list(tmp_path.glob("results/small/*/resolved.json")):
            found = [pid for pid in children(run.pid) if is_worker(pid, run.pid)]
            if len(found) == 2:
                return found
        time.sleep(0.1)
    raise AssertionError("the workers never began")


def children(pid: int) -> list[int]:
    task = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in task.read_text().split()] if task.exists() else []


def arguments(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def is_worker(pid: int, parent: int) -> bool:
    """A fork has its parent's command line; one that was started anew says what it is."""
    return arguments(pid) == arguments(parent) or b"spawn_main" in arguments(pid)


def gone(pids: list[int]) -> bool:
    for _ in range(100):
        if not any(arguments(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks up the workers in /proc")
def test_ctrl_c_keeps_what_was_computed_and_leaves_no_process(
    running: subprocess.Popen[str], tmp_path: Path
) -> None:
    workers = workers_of(running, tmp_path)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 3
    assert "interrupted" in told
    assert "Traceback" not in told
    assert gone(workers)
    (folder,) = (tmp_path / "results" / "small").iterdir()
    judged(folder)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks up the workers in /proc")
def test_a_lost_worker_ends_the_run_with_a_message(running: subprocess.Popen[str], tmp_path: Path) -> None:
    workers = workers_of(running, tmp_path)
    os.kill(workers[0], signal.SIGKILL)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 3
    assert "worker" in told
    assert "Traceback" not in told
    assert gone(workers)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks up the workers in /proc")
def test_workers_end_when_their_parent_is_killed(running: subprocess.Popen[str], tmp_path: Path) -> None:
    workers = workers_of(running, tmp_path)
    running.kill()
    running.wait()
    assert gone(workers)


def test_a_full_disk_is_told_and_leaves_no_partial_file(small: Path, plantproof: Run, tmp_path: Path) -> None:
    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (52_000, 52_000))

    done = plantproof("run", small, "--workers", "1", "--quiet", preexec_fn=little)
    assert done.returncode == 3, done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    (folder,) = (tmp_path / "results" / "small").iterdir()
    assert not list(folder.rglob("*.partial"))
    assert not (folder / "stop.json").exists()


@pytest.mark.parametrize(("place", "told"), [("/proc/nowhere", "/proc got 0 MB free"), ("file", "--results")])
def test_a_results_folder_that_cannot_be_written_is_refused(
    place: str, told: str, small: Path, plantproof: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    done = plantproof("run", small, "--workers", "1", "--quiet", "--results", place)
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_disk_with_less_room_than_the_budget_is_refused(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    small.write_text(small.read_text().replace("disk: 10 MB", "disk: 999 TB"))
    done = plantproof("run", small, "--quiet")
    assert done.returncode == 2
    assert "budget.disk" in done.stderr
    assert not (tmp_path / "results").exists()


def test_a_used_up_time_budget_is_inconclusive(small: Path, plantproof: Run, tmp_path: Path) -> None:
    small.write_text(small.read_text().replace("wall: 10 min", "wall: 1 s"))
    done = plantproof("run", small, "--quiet", "--workers", "1", "--replicas", "4000")
    assert done.returncode == 3
    assert "budget of 1 s is used up" in done.stderr
    (folder,) = (tmp_path / "results" / "small").iterdir()
    assert json.loads((folder / "start.json").read_text())["suite"] == "small"
    judged(folder)


@pytest.mark.parametrize(("old", "new"), [("seed: 7", "seed: 8"), ("seed: 7", "seed: [")])
def test_workers_that_find_another_file_than_was_checked_say_which(small: Path, old: str, new: str) -> None:
    suite = resolve_suite(small)
    digests = {path: sha256(path) for path in suite.files}
    spoil(small, old, new)
    with pytest.raises(InputError, match=r"small\.yaml.*changed during the run") as told:
        list(execute(Workshop(suite), plan(suite)[:2], 2, digests))
    assert "run the suite again" in str(told.value)

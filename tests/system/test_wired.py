"""Runs with the AI behind Modbus TCP, as their user meets them: replay, a controller of his own, Ctrl-C."""

from __future__ import annotations

import csv
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from small_suite import Run, command, spoil

from simulator.record.layout import Layout
from simulator.report.judged import assess


@pytest.fixture
def wired(small: Path) -> Path:
    """The small suite behind TCP, with a question whose threats act on connections."""
    spoil(small, "plant: cstr\n", "plant: cstr\ntransport: tcp\n")
    spoil(small, "../cstr/saf_001_all", "../cstr/mbx_014_sis_bypass_write.yaml, ../cstr/saf_001_all")
    return small


def only_folder(tmp_path: Path) -> Path:
    (folder,) = (tmp_path / "results" / "small").iterdir()
    return folder


def test_a_question_about_connections_is_replayed_over_connections(
    wired: Path, plantproof: Run, tmp_path: Path
) -> None:
    done = plantproof("run", wired, "--only", "MBX-014", "--replicas", "2", "--workers", "1", "--quiet")
    assert done.returncode == 3, done.stderr
    folder = only_folder(tmp_path)
    table = tmp_path / "replica.csv"
    again = plantproof("replay", folder, "MBX-014", "1", "--json", "--csv", table)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["identical"] is True
    with table.open(newline="") as file:
        *_, last = csv.DictReader(file)
    assert float(last["network.attempts"]) > 0, "somebody was on the network"
    assert "own controller behind Modbus TCP, in lock step" in (folder / "report.html").read_text()
    # somebody else's controller is not here to be asked again
    spoil(folder / "start.json", '"controller": "own"', '"controller": "external"')
    refused = plantproof("replay", folder, "MBX-014", "1")
    assert refused.returncode == 2
    assert "connection of an external controller" in refused.stderr
    assert "--controller external --only MBX-014" in refused.stderr


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_controller_that_somebody_else_started_serves_a_whole_run(
    small: Path, plantproof: Run, tmp_path: Path
) -> None:
    port = free_port()
    words = ("controller", f"127.0.0.1:{port}", "--plant", "cstr", "--stay", "--wait", "120")
    controller = subprocess.Popen(
        command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path
    )
    wire = ("--transport", "tcp", "--controller", "external", "--port", str(port))
    try:
        done = plantproof("run", small, *wire, "--only", "NET-003", "--replicas", "2", "--quiet")
        assert controller.poll() is None, "it waits for another run"
    finally:
        controller.kill()
        controller.wait()
    assert done.returncode == 3, done.stderr  # two replicas are too few
    assert f"plantproof controller 127.0.0.1:{port} --plant" in done.stderr
    folder = only_folder(tmp_path)
    assert json.loads((folder / "stop.json").read_text())["incidents"] == []
    controls = json.loads((folder / "controls.json").read_text())
    assert [one["behaved"] for one in controls["repeat"]] == [True], "in process and over the wire are one"
    assert "an external controller behind Modbus TCP" in (folder / "report.html").read_text()


def descendants(pid: int) -> list[int]:
    """Every process that a process has started, and those that these have."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found


def is_controller(pid: int) -> bool:
    try:
        return b"\0controller\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").exists()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks up processes in /proc")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_in_a_run_over_tcp_keeps_its_folder_and_leaves_no_process(
    workers: int, small: Path, tmp_path: Path
) -> None:
    words = ("run", small, "--transport", "tcp", "--workers", str(workers), "--replicas", "4000", "--quiet")
    run = subprocess.Popen(
        command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        start_new_session=True,
    )  # fmt: skip
    try:
        for _ in range(900):
            started = descendants(run.pid)
            if sum(map(is_controller, started)) >= workers:
                break
            time.sleep(0.1)
        assert sum(map(is_controller, started)) == workers, "the controllers never began"
        os.killpg(run.pid, signal.SIGINT)  # as the keyboard does: the run and its workers, all at once
        _, told = run.communicate(timeout=60)
    finally:
        if run.poll() is None:
            run.kill()
            run.communicate()
    assert run.returncode == 3
    assert "interrupted" in told and "Traceback" not in told, told
    for _ in range(100):
        if not any(map(alive, started)):
            break
        time.sleep(0.1)
    assert [pid for pid in started if alive(pid)] == []
    verdicts = assess(Layout(only_folder(tmp_path)))
    assert verdicts["finished"] is False and set(verdicts["counts"]) == {"INCONCLUSIVE"}

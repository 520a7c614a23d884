"""``plantproof serve`` as a process: a client, Ctrl-C, a port that is taken, wrong words."""

from __future__ import annotations

import json
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_suite import command

MODE, REARM, AUTO, RCAS = 2004, 1, 1, 2
PATIENCE = 60.0


@contextmanager
def serving(*words: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, int]]]:
    run = subprocess.Popen(
        command("serve", "cstr", *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert run.stdout is not None
        told = run.stdout.readline().partition(": ")[2].partition(";")[0]
        ports = dict(one.split(" on 127.0.0.1:") for one in told.split(", "))
        yield run, {role: int(port) for role, port in ports.items()}
    finally:
        run.kill()
        run.communicate()


def asked(port: int, pdu: bytes, source: str = "127.0.0.1") -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10, (source, 0)) as link:
        link.sendall(struct.pack(">HHHB", 1, 0, len(pdu) + 1, 1) + pdu)
        return link.recv(512)[7:]


def test_a_client_is_served_until_ctrl_c_and_everything_is_told(tmp_path: Path) -> None:
    record = tmp_path / "served.json"
    words = ("--port", "0", "--operator-port", "0", "--record", str(record))
    with serving(*words) as (run, ports):
        assert set(ports) == {"ai", "operator"}
        mode = asked(ports["ai"], struct.pack(">BHH", 4, 2004, 1))
        assert mode in (b"\x04\x02\x00\x01", b"\x04\x02\x00\x02")
        assert asked(ports["ai"], struct.pack(">BHH", 6, 0, 1), "127.0.0.9") == b"\x86\x01"
        assert asked(ports["operator"], struct.pack(">BHH", 5, 0, 0xFF00)) == b"\x05\x00\x00\xff\x00"
        run.send_signal(signal.SIGINT)
        told, errors = run.communicate(timeout=30)
    data = json.loads(record.read_text())
    kept = data["lateness"]["missed"] == 0
    assert run.returncode == (0 if kept else 3)
    assert ("INCONCLUSIVE" in told) == (not kept)
    assert data["lateness"]["scans"] > 0 and data["refused"]["writes"] == 1
    assert data["refusals"][0]["source"].startswith("127.0.0.9:")
    assert "Traceback" not in errors


def refused(*words: str) -> str:
    done = subprocess.run(command("serve", *words), check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_port_that_is_taken_is_an_input_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = refused("cstr", "--port", port)
    assert f"ai port {port} on 127.0.0.1" in told and "choose a free one" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("cstr", "--ai", "nope"), "one of rcas, rout"),
        (("cstr", "--ai-source", "office"), "10.1.0.0/24"),
        (("cstr", "--for", "3"), "'10 min'"),
        (("cstr", "--for", "-3 s"), "above 0 s"),
        (("nope",), "installed"),
    ],
)
def test_wrong_words_are_told(words: tuple[str, ...], told: str) -> None:
    assert told in refused(*words)


def test_the_plant_s_own_controller_is_handed_the_loop_and_keeps_it() -> None:
    """In real time, at four times the plant's speed: two processes and the operator's re-arm."""
    with serving("--port", "0", "--operator-port", "0", "--speed", "4") as (_, ports):
        assert until(ports["ai"], AUTO) == AUTO, "the loop is shed while nobody answers"
        words = ("controller", f"127.0.0.1:{ports['ai']}", "--plant", "cstr")
        host = subprocess.Popen(command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            rearm = struct.pack(">BHH", 5, REARM, 0xFF00)
            mode = until(ports["ai"], RCAS, lambda: asked(ports["operator"], rearm))
            assert mode == RCAS
            sequence = told(ports["ai"], 3, function=3)
            time.sleep(1.0)
            assert told(ports["ai"], MODE) == RCAS
            assert told(ports["ai"], 3, function=3) != sequence
        finally:
            host.kill()
            host.wait()


def told(port: int, address: int, function: int = 4) -> int:
    """One register."""
    return int.from_bytes(asked(port, struct.pack(">BHH", function, address, 1))[2:], "big")


def until(port: int, wanted: int, do: Callable[[], object] = lambda: None) -> int:
    """The mode of the loop once it is the wanted one, or what it is when patience ends."""
    ends = time.monotonic() + PATIENCE
    while (mode := told(port, MODE)) != wanted and time.monotonic() < ends:
        do()
        time.sleep(0.1)
    return mode

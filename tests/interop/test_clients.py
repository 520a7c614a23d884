"""Clients of four makes read what they may and are refused what they may not, on a plant in real time."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.interop
pytest.importorskip("pyModbusTCP", reason="make interop installs it", exc_type=ImportError)

from clients import CLIENTS, Client, pymodbustcp  # noqa: E402

MODE, REASON, SP = 2004, 2005, 2006
SIF_STATUS = 4004
AUTO, RCAS, MAN = 1, 2, 0
OVERRIDE, REARM = 0, 1
REFUSED, NO_ADDRESS, BAD_VALUE = "exception 1", "exception 2", "exception 3"


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """The ports of a served reactor, by role."""
    words = ["serve", "cstr", "--port", "0", "--operator-port", "0", "--engineering-port", "0"]
    program = "from simulator.cli import main; main()"
    run = subprocess.Popen([sys.executable, "-c", program, *words], stdout=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        told = run.stdout.readline().partition(": ")[2].partition(";")[0]
        yield {role: int(port) for role, port in (one.split(" on 127.0.0.1:") for one in told.split(", "))}
        run.send_signal(signal.SIGINT)
        told, _ = run.communicate(timeout=30)
        assert "refused:" in told and run.returncode in (0, 3)
    finally:
        run.kill()
        run.wait()


@pytest.fixture(params=list(CLIENTS))
def client(request: pytest.FixtureRequest) -> Client:
    return CLIENTS[request.param]


def until(client: Client, port: int, address: int, wanted: int, patience: float = 20.0) -> int:
    """The word at an address once it is the wanted one, or what it is when patience ends."""
    ends = time.monotonic() + patience
    while (found := client(port, "input", address, 1)) != [wanted] and time.monotonic() < ends:
        time.sleep(0.05)
    assert isinstance(found, list)
    return found[0]


def test_the_host_block_is_read_and_alive(client: Client, ports: dict[str, int]) -> None:
    first = client(ports["ai"], "input", 0, 16)
    time.sleep(0.5)
    second = client(ports["ai"], "input", 0, 16)
    assert len(first) == len(second) == 16
    assert first[0] != second[0], "the heartbeat stands still"
    temperature = 294.0 + 132.0 / 65534 * int(second[5])
    assert 340.0 < temperature < 360.0


def test_status_and_safety_functions_are_read_by_every_role(client: Client, ports: dict[str, int]) -> None:
    for port in ports.values():
        assert client(port, "input", SIF_STATUS, 2) == [0, 0]
        assert client(port, "input", MODE, 1)[0] in (MAN, AUTO, RCAS)


def test_the_ai_writes_its_mailbox_at_once_and_one_by_one(client: Client, ports: dict[str, int]) -> None:
    assert client(ports["ai"], "registers", 0, 27803, 1, 2, 3) == "written"
    assert client(ports["ai"], "holding", 0, 4) == [27803, 1, 2, 3]
    assert client(ports["ai"], "register", 3, 65535) == "written"
    assert client(ports["ai"], "holding", 3, 1) == [65535]


def test_the_ai_writes_nothing_else(client: Client, ports: dict[str, int]) -> None:
    port = ports["ai"]
    assert client(port, "coil", OVERRIDE, 1) == REFUSED
    assert client(port, "registers", 0, 1, 2, 3, 4, 5) == NO_ADDRESS
    assert client(port, "register", SIF_STATUS, 2) == NO_ADDRESS
    assert client(port, "coils", 0, 3) == [0, 0, 0]


def test_operator_and_engineering_do_not_write_the_mailbox(client: Client, ports: dict[str, int]) -> None:
    before = client(ports["ai"], "holding", 0, 4)
    for role in ("operator", "engineering"):
        assert client(ports[role], "registers", 0, 9, 9, 9, 9) == REFUSED
        assert client(ports[role], "register", 0, 9) == REFUSED
    assert client(ports["engineering"], "coil", OVERRIDE, 1) == REFUSED
    assert client(ports["ai"], "holding", 0, 4) == before


def test_what_is_not_there_is_told(client: Client, ports: dict[str, int]) -> None:
    assert client(ports["ai"], "input", 500, 1) == NO_ADDRESS
    assert client(ports["ai"], "holding", 5, 3) == NO_ADDRESS


def test_the_operator_s_coil_is_taken_and_falls_back(client: Client, ports: dict[str, int]) -> None:
    assert client(ports["operator"], "coil", OVERRIDE, 1) == "written"
    assert until(client, ports["operator"], MODE, MAN) == MAN
    time.sleep(0.5)
    assert client(ports["operator"], "coils", OVERRIDE, 1) == [0]


def test_refused_writes_are_counted_and_alarmed(ports: dict[str, int]) -> None:
    before = pymodbustcp(ports["ai"], "input", 5004, 2)
    assert pymodbustcp(ports["ai"], "coil", OVERRIDE, 1) == REFUSED
    after = pymodbustcp(ports["ai"], "input", 5004, 2)
    assert after == [int(before[0]) + 1, 1]


def test_a_foreign_client_is_the_ai() -> None:
    """pyModbusTCP answers every question at its cycle; the operator hands it the loop; it keeps it."""
    from pyModbusTCP.client import ModbusClient

    words = ["serve", "cstr", "--port", "0", "--operator-port", "0", "--speed", "4"]
    program = "from simulator.cli import main; main()"
    run = subprocess.Popen([sys.executable, "-c", program, *words], stdout=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        told = run.stdout.readline().partition(": ")[2].partition(";")[0]
        found = {role: int(port) for role, port in (one.split(" on 127.0.0.1:") for one in told.split(", "))}
        plc, desk = ModbusClient("127.0.0.1", found["ai"]), ModbusClient("127.0.0.1", found["operator"])
        answered, last, mode, ends = 0, -1, None, time.monotonic() + 60
        while time.monotonic() < ends and not (answered > 30 and mode == RCAS):
            cycle = plc.read_input_registers(4, 1)[0]
            if cycle == last:
                time.sleep(0.01)
                continue
            last, answered = cycle, answered + 1
            assert plc.write_multiple_registers(0, [27803, cycle, answered, answered])
            mode = plc.read_input_registers(MODE, 1)[0]
            if answered > 15 and mode == AUTO:
                assert desk.write_single_coil(REARM, True)
        assert mode == RCAS, f"the loop is in mode {mode} after {answered} answers"
        plc.close()
        desk.close()
    finally:
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=30)

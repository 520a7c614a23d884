"""Four Modbus clients that other people wrote, each asked one thing at a time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pyModbusTCP.client import ModbusClient

HERE = Path(__file__).parent
FOLDER = Path(sys.prefix) / "interop"
"""Where ``install.sh`` puts what it builds."""
Told = list[int] | str
"""The words that were read, ``written``, or ``exception N``."""
Client = Callable[..., Told]

_TABLES = {"input": "3", "holding": "4", "coils": "0", "registers": "4", "register": "4", "coil": "0"}
_CODES = {"Illegal function": 1, "Illegal data address": 2, "Illegal data value": 3}


def _run(*command: object, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command], check=False, capture_output=True, text=True, timeout=20,
        env=os.environ | environment,
    )  # fmt: skip
    return done.stdout if done.returncode == 0 else done.stdout + done.stderr


def _told(text: str) -> Told:
    lines = text.split("\n")[:-1]
    if lines and re.fullmatch(r"written|exception \d+", lines[0]):
        return lines[0]
    return [int(line) for line in lines]


def mbpoll(port: int, action: str, address: int, *values: int) -> Told:
    """mbpoll, the command line tool on libmodbus."""
    reads = action in ("input", "holding", "coils")
    asked = ["-c", values[0]] if reads else []
    where = ["-m", "tcp", "-a", 1, "-0", "-1", "-t", _TABLES[action], "-r", address, "-p", port]
    text = _run("mbpoll", *where, *asked, "127.0.0.1", *([] if reads else values))
    for name, code in _CODES.items():
        if name in text:
            return f"exception {code}"
    if re.search(r"Written \d+ references", text):
        return "written"
    return [int(word) for word in re.findall(r"^\[\d+\]:\s+(\d+)", text, re.MULTILINE)]


def libmodbus(port: int, action: str, address: int, *values: int) -> Told:
    """A C program on libmodbus."""
    return _told(_run(FOLDER / "libmodbus_client", port, action, address, *values))


def modbus_serial(port: int, action: str, address: int, *values: int) -> Told:
    """A program on node's modbus-serial."""
    script, modules = HERE / "modbus_serial_client.js", str(FOLDER / "node_modules")
    return _told(_run("node", script, port, action, address, *values, NODE_PATH=modules))


def pymodbustcp(port: int, action: str, address: int, *values: int) -> Told:
    """Python's pyModbusTCP."""
    plc = ModbusClient("127.0.0.1", port, unit_id=1, timeout=5.0)
    calls: dict[str, Callable[[], list[int] | list[bool] | bool | None]] = {
        "input": lambda: plc.read_input_registers(address, values[0]),
        "holding": lambda: plc.read_holding_registers(address, values[0]),
        "coils": lambda: plc.read_coils(address, values[0]),
        "registers": lambda: plc.write_multiple_registers(address, list(values)),
        "register": lambda: plc.write_single_register(address, values[0]),
        "coil": lambda: plc.write_single_coil(address, bool(values[0])),
    }
    try:
        found = calls[action]()
        if plc.last_except:
            return f"exception {plc.last_except}"
        if not found:
            raise ConnectionError(plc.last_error_as_txt)
        return "written" if found is True else [int(word) for word in found]
    finally:
        plc.close()


CLIENTS: dict[str, Client] = {
    "mbpoll": mbpoll,
    "libmodbus": libmodbus,
    "pyModbusTCP": pymodbustcp,
    "modbus-serial": modbus_serial,
}

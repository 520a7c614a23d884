"""AI hosts as processes of their own: started, watched and ended by the run that needs them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from simulator.scenario.resolved import Foreign

_CALL = "from simulator.cli import main; main()"
_GRACE = 2.0
"""Seconds that a process has to end by itself when its input is closed."""


class Host:
    """A controller that runs as a process of its own.

    Its standard input stays open as long as this process lives: when it ends in whatever way, the
    controller sees the end of its input and ends too. It stands in a session of its own, so that an
    interrupt at the keyboard reaches it through its parent only.

    Parameters
    ----------
    port : int
        Port of the PLC on this machine.
    plant : Path
        Plant file.
    variant : str
        Variant of the AI.
    foreign : Foreign or None
        Policy and io file in place of the plant's.
    """

    def __init__(self, port: int, plant: Path, variant: str, foreign: Foreign | None = None) -> None:
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        words = ["controller", f"127.0.0.1:{port}", "--plant", str(plant), "--ai", variant]
        words += ["--policy", str(foreign.policy), "--io", str(foreign.io)] if foreign else []
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CALL, *words, "--stay", "--follow", "--wait", "60"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._said, start_new_session=True,
        )  # fmt: skip

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def ended(self) -> str:
        """How it ended and what it said last; empty while it runs."""
        code = self._process.poll()
        if code is None:
            return ""
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return f"the controller ended with code {code}" + (f": {lines[-1]}" if lines else "")

    def end(self) -> None:
        """End it; it is gone when this returns."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()

"""The threats of a question, put between any AI host and any PLC, by the clock on the wall."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from simulator.campaign.line import Liar, Line
from simulator.campaign.routes import acting, plain_read
from simulator.core.errors import InputError, Problem
from simulator.modbus.register_map import RegisterMap
from simulator.modbus.relay import Relay
from simulator.scenario.build import Case, control_parts, field_parts, on_the_wire
from simulator.scenario.build.registers import registers

_STEP = 0.02
"""Seconds between two looks at the clock."""
_TAPS = ("link", "input")


@dataclass(frozen=True)
class Middleman:
    """A relay with the threats of one replica of a question.

    Parameters
    ----------
    case : Case
        The question; its threats at the taps ``link`` and ``input`` act, at their times after the start.

    Raises
    ------
    InputError
        When none of its threats acts in the conduit of the AI.
    """

    case: Case

    def __post_init__(self) -> None:
        if self.case.ai is None or not {one.tap for one in self.case.scenario.threats} & set(_TAPS):
            got = f"{self.case.scenario.id}, none of whose threats acts between AI host and PLC"
            raise InputError(Problem(got, f"a question with a threat at {' or '.join(_TAPS)}"))

    async def run(self, host: str, port: int, listen: int, ready: Callable[[int], None]) -> None:
        """Relay until cancelled.

        Parameters
        ----------
        host, port : str, int
            Where the PLC listens.
        listen : int
            Where the AI host will connect; 0 lets the system choose.
        ready : callable
            Told the port when the relay listens.

        Raises
        ------
        InputError
            When the port cannot be had.
        """
        liar = Liar(on_the_wire(self.case), field_parts.measured_link(self.case.names))
        relay = Relay(self._registers(), host, port)
        relay.rewrite = liar
        try:
            ready(await relay.start(listen))
        except OSError as error:
            raise InputError(Problem(f"port {listen}: {error.strerror}", "a port that is free")) from None
        known = self._registers()
        mail = control_parts.write_link(self.case.names, self.case.ai)
        line, began = Line(relay, acting(self.case, "link"), mail, plain_read(known)), time.monotonic()
        try:
            while True:
                now = int((time.monotonic() - began) * 1000)
                liar.asked = now // self.case.periods.ai * self.case.periods.ai
                await line.before(now)
                await line.pass_on(now, _at_once)
                await asyncio.sleep(_STEP)
        finally:
            await relay.stop()

    def _registers(self) -> RegisterMap:
        if self.case.ai is None:
            raise ValueError("a case without an AI")
        return registers(self.case.names, self.case.ai)


async def _at_once() -> None:
    """Nobody waits in real time."""

"""The AI host: reads what the PLC shows it, computes, and writes its mailbox; a Modbus client."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.control.ai.policy import PolicyInputs, PolicyOut
from simulator.core.errors import InputError, Problem
from simulator.modbus.client import MOST_READ, Client, LinkLost
from simulator.modbus.codec import LinkInputs, LinkOut
from simulator.modbus.register_map import HEADER
from simulator.modbus.remote import unpack
from simulator.scenario.build import control_parts, field_parts
from simulator.scenario.build.names import Names
from simulator.scenario.build.registers import registers
from simulator.scenario.resolved import ResolvedPlant

Words = NDArray[np.uint16]
_PAUSE = 0.01
"""Seconds between two attempts to connect, and between two looks at a PLC in real time."""


class Controller:
    """One AI of one plant, with the same layer that computes in process.

    Parameters
    ----------
    plant : ResolvedPlant
        The plant.
    variant : str
        Variant of its AI.
    model : Path or None
        ONNX file in place of the plant file's.

    Raises
    ------
    InputError
        When the policy is refused, or the plant shows more than one request may read.
    """

    def __init__(self, plant: ResolvedPlant, variant: str, model: Path | None = None) -> None:
        names = Names(plant.spec, plant.physics.owner(**plant.parameters))
        ai = plant.spec.ai[variant]
        if model:
            ai = ai.model_copy(update={"model": str(model.resolve())})
        self.registers = registers(names, ai)
        self._policy = control_parts.policy(names, ai, plant.folder, None, fallible=False)
        self._host, self._mail = field_parts.measured_link(names), control_parts.write_link(names, ai)
        host = self.registers["host"]
        self._from, self._count = host.base, len(host.registers)
        self._to = self.registers["mailbox"].base
        if self._count > MOST_READ:
            wanted = f"at most {MOST_READ}, which one request may read"
            raise InputError(Problem(f"{self._count} registers for the AI", wanted, str(plant.file)))
        self.begin()

    def begin(self) -> None:
        """Forget everything: the next question is the first."""
        self._state, self._sent = self._policy.initial(1), self._mail.initial(1)
        self._scales = self._host.scales()
        self._shown = np.zeros((len(self._scales[0]), 1))
        self._reply = np.zeros((len(self._sent.words), 1))
        self._carried = LinkInputs(self._reply), LinkOut(np.zeros_like(self._reply))
        self._fresh = True

    def answer(self, words: Words) -> Words:
        """What to write: a value per loop, number of the question, heartbeat, sequence.

        Parameters
        ----------
        words : ndarray of uint16, shape (1 + n_points,)
            Number of the question, then what the PLC shows.
        """
        unpack(words[1:, None], *self._scales, self._shown)
        asked = PolicyInputs(self._shown, np.array([float(words[0])]), np.zeros(1, np.int8))
        self._policy.step(self._state, asked, PolicyOut(self._reply), 0 if self._fresh else 1)
        self._fresh = False
        self._mail.step(self._sent, *self._carried, 0)
        return self._sent.words[:, 0]

    def serve(self, client: Client) -> int:
        """Answer every question of one connection until it ends, each of them once.

        A PLC in lock step holds the read back until there is a new question; one in real time answers
        at once, and is looked at again.

        Returns
        -------
        int
            How many were answered.

        Raises
        ------
        Excepted
            When the PLC refuses: it is not the plant, or not the AI, that this controller is for.
        """
        self.begin()
        answered, last = 0, None
        try:
            while True:
                shown = client.read(self._from, self._count)[len(HEADER) :]
                if shown[0] == last:
                    time.sleep(_PAUSE)
                    continue
                client.write(self._to, self.answer(shown))
                answered, last = answered + 1, shown[0]
        except LinkLost:
            return answered


def connect(host: str, port: int, wait: float, patience: float) -> Client:
    """Connect, trying again for `wait` seconds.

    Raises
    ------
    LinkLost
        When nobody has listened by then.
    """
    ends = time.monotonic() + wait
    while True:
        try:
            return Client(host, port, patience)
        except LinkLost:
            if time.monotonic() > ends:
                raise
            time.sleep(_PAUSE)


def attend(controller: Controller, host: str, port: int, wait: float, patience: float, stay: bool) -> int:
    """Serve one connection, or with `stay` one after another until nobody has listened for `wait` seconds.

    Returns
    -------
    int
        How many questions were answered.

    Raises
    ------
    LinkLost
        When there was no connection at all.
    Excepted
        As `Controller.serve`.
    """
    answered, met = 0, False
    while True:
        try:
            client = connect(host, port, wait, patience)
        except LinkLost:
            if met:
                return answered
            raise
        met = True
        with client:
            answered += controller.serve(client)
        if not stay:
            return answered

"""One plant behind its registers, scan by scan: what the server shows of it, and what it takes over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.clock import Tick
from simulator.engine.layer import Bound
from simulator.engine.run import Engine
from simulator.modbus.access import Role
from simulator.modbus.image import Image
from simulator.modbus.register_map import Table
from simulator.scenario.build import Case, build
from simulator.scenario.build.registers import registers_for
from simulator.scenario.resolved import ResolvedPlant
from simulator.scenario.schema.scenario import NO_AI, Scenario

_TAKEN_OVER = ("ai", "answer_link", "write_link")


@dataclass
class Cycles:
    """How many questions the AI was asked, and how many it answered before the next."""

    asked: int = 0
    answered: int = 0
    number: int = 0
    open: bool = False

    def ask(self, number: int) -> None:
        """A scan; its question is new when it has another number."""
        if number != self.number:
            self.asked, self.number, self.open = self.asked + 1, number, True

    def answer(self, number: int) -> None:
        """A write that answers a question."""
        if self.open and number == self.number:
            self.answered, self.open = self.answered + 1, False

    def __str__(self) -> str:
        return f"{self.answered} of {self.asked} questions to the AI were answered before the next"


class Plc:
    """A nominal day of one plant, alone, in steps of a PLC scan.

    Between two scans it stands before the AI's write is taken over. That is done at every scan of the
    PLC, not only at the AI's cycles: a real PLC reads its mailbox when it comes round to it.

    Parameters
    ----------
    plant : ResolvedPlant
        The plant.
    variant : str or None
        Variant of the AI that writes from outside; None leaves the loops to the fallback.
    seed : int
        Seed of the day's disturbances and of the noise.

    Attributes
    ----------
    cycles : Cycles
        What became of the questions to the AI.
    """

    def __init__(self, plant: ResolvedPlant, variant: str | None, seed: int) -> None:
        self._period = plant.spec.scan.plc
        block = build(self._case(plant, variant, seed))
        self._board = block.board
        self._engine = Engine(block.path, block.periods.base)
        ai = block.layer("ai") if variant else None
        self._write = ai.state if ai else None
        self._writes = 0
        self.cycles = Cycles()
        self.registers = registers_for(plant, variant)

    def _case(self, plant: ResolvedPlant, variant: str | None, seed: int) -> Case:
        asked = {
            "schema": 1, "id": "SERVE", "question": "what does a client do", "plant": plant.name,
            "ai": variant or NO_AI, "duration": f"{self._period} ms", "requirements": ["R-01"],
        }  # fmt: skip
        return Case(
            plant=plant.spec, physics=plant.physics.owner(**plant.parameters), folder=plant.folder,
            scenario=Scenario.model_validate(asked), seed=seed, first=0, n=1, mutate=self._scanned,
            commissioning=plant.commissioning, remote=variant is not None,
        )  # fmt: skip

    def _scanned(self, path: tuple[Bound, ...]) -> tuple[Bound, ...]:
        """The path that stands still once a scan, and takes the AI's write over at each of them."""
        alone = not any(bound.waits for bound in path)
        path = tuple(replace(b, period=self._period) if b.name in _TAKEN_OVER else b for b in path)
        return tuple(replace(b, waits=True) if alone and b.name == "modes" else b for b in path)

    def scans(self, until: Tick) -> Iterator[Tick]:
        """Time of each scan [ms], standing before the mailbox is read."""
        return self._engine.questions(until)

    def take(self, image: Image) -> None:
        """Hand over what was written since the last scan: the AI's mailbox and the operator's orders."""
        self._board.state("actions")[:, 0] = image.pressed()
        if self._write is None or image.writes == self._writes:
            return
        self._writes = image.writes
        self._write.put(image.taken)
        self.cycles.answer(int(image.taken[-3]))

    def shown(self) -> dict[str, list[int]]:
        """What the PLC knows: the words of every block, the host block last."""
        cycle = int(self._q("cycle")[0])
        self.cycles.ask(cycle)
        loops: list[Any] = [self._s("mode"), self._s("mode_reason"), self._q("sp"), self._q("op")]
        values: dict[str, Iterable[float]] = {
            "quality": self._s("quality"),
            "loops": np.column_stack(loops).ravel(),
            "alarms": self._s("alarms"),
            "safety": np.column_stack([self._s("status"), self._s("bypass")]).ravel(),
            "host": [cycle, *self._q("host")],
        }
        return {name: self.registers[name].words(told) for name, told in values.items()}

    def _q(self, block: str) -> NDArray[np.float64]:
        return self._board.quantity(block)[:, 0]

    def _s(self, block: str) -> NDArray[np.int8]:
        return self._board.state(block)[:, 0]


def warm(plant: ResolvedPlant, variant: str | None) -> None:
    """Compile what a scan needs, so that the first scans are as quick as all others."""
    plc = Plc(plant, variant, 0)
    image = Image(plc.registers)
    for _ in plc.scans(2 * max(plant.spec.scan.ai, plant.spec.scan.plc)):
        image.write(Table.HOLDING, Role.AI, 0, [0] * len(image.mailbox), 0.0)
        plc.take(image)
        plc.shown()

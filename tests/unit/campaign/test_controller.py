"""The AI host beside a PLC in real time, which does not hold a read back: each question is answered once."""

from __future__ import annotations

import numpy as np

from simulator.campaign.controller import Controller
from simulator.modbus.client import LinkLost
from simulator.scenario.resolve_plant import resolve_plant


class Plc:
    """Shows the words of some questions, one read after another, then is gone."""

    def __init__(self, controller, cycles):
        size = len(controller.registers["host"].registers)
        self.shown = [np.array([0, 0, 0, 0, cycle, *[30000] * (size - 5)], np.uint16) for cycle in cycles]
        self.written = []

    def read(self, address, count):
        if not self.shown:
            raise LinkLost("gone")
        return self.shown.pop(0)

    def write(self, address, words):
        self.written.append(words.tolist())


def test_a_question_that_still_stands_is_not_answered_again():
    controller = Controller(resolve_plant("cstr")[0], "rcas")
    plc = Plc(controller, [7, 7, 7, 8, 8, 65535, 0])
    assert controller.serve(plc) == 4
    assert [words[-3] for words in plc.written] == [7, 8, 65535, 0]
    assert [words[-1] for words in plc.written] == [1, 2, 3, 4]

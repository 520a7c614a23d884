"""The baseline: the same loop as one would write it first, SimPy and Python floats, one replica.

Plant, transmitters with lag and noise, 16-bit words on both links, input check, PID, ONNX policy,
watchdog, output guard, mode, clamp, valve, readback, alarms, 2oo3 trip and final elements. It is
kept as a yardstick and is no part of the product.
"""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import simpy

DT = 0.2


class Reactor:
    """The published balances with a jacket, integrated by one Runge-Kutta step."""

    def __init__(self) -> None:
        self.c, self.t, self.tj = 0.499918, 350.006, 300.0

    def slope(self, c: float, t: float, tj: float, flow: float, feed: float, q: float) -> tuple[float, ...]:
        k = 7.2e10 * math.exp(-8750.0 / t)
        dc = q / 100.0 * (1.0 - c) - k * c
        dt = q / 100.0 * (feed - t) + 5e4 / 239.0 * k * c + 5e4 / (100.0 * 239.0) * (tj - t)
        dj = flow / 5.0 * (280.0 - tj) + 5e4 / (5.0 * 4186.0) * (t - tj)
        return dc / 60.0, dt / 60.0, dj / 60.0

    def advance(self, flow: float, feed: float, q: float) -> None:
        x = (self.c, self.t, self.tj)
        a = self.slope(*x, flow, feed, q)
        b = self.slope(*(s + 0.5 * DT * d for s, d in zip(x, a, strict=True)), flow, feed, q)
        c = self.slope(*(s + 0.5 * DT * d for s, d in zip(x, b, strict=True)), flow, feed, q)
        d = self.slope(*(s + DT * e for s, e in zip(x, c, strict=True)), flow, feed, q)
        self.c, self.t, self.tj = (
            s + DT / 6.0 * (i + 2 * j + 2 * k + m) for s, i, j, k, m in zip(x, a, b, c, d, strict=True)
        )


class Transmitter:
    def __init__(self, value: float, lag: float, noise: float, low: float, high: float) -> None:
        self.value, self.noise, self.low, self.high = value, noise, low, high
        self.share = 1.0 - math.exp(-DT / lag)

    def read(self, true: float, draw: random.Random) -> float:
        self.value += self.share * (true - self.value)
        shown = self.value + draw.gauss(0.0, self.noise)
        return min(max(shown, self.low), self.high)


def word(value: float, low: float, high: float) -> float:
    counts = round((value - low) / (high - low) * 65534)
    return low + min(max(counts, 0), 65534) * (high - low) / 65534


class Loop:
    """Everything that runs in one tick."""

    def __init__(self, policy: Path) -> None:
        self.draw, self.plant = random.Random(1), Reactor()
        self.tags = [Transmitter(350, 3, 0.1, 300, 420), Transmitter(280, 3, 0.1, 270, 310)]
        self.tags += [Transmitter(350, 3, 0.1, 300, 400), Transmitter(100, 1, 0.3, 0, 150)]
        self.tags += [Transmitter(300, 3, 0.1, 270, 370), Transmitter(30, 1, 0.2, 0, 250)]
        self.tags += [Transmitter(0.5, 1, 0.003, 0, 1), Transmitter(100, 1, 0.2, 0, 160)]
        self.safety = [Transmitter(350, 3, 0.1, 300, 450) for _ in range(3)]
        self.safety += [Transmitter(4, 0.2, 0.01, 0, 6) for _ in range(2)]
        self.safety += [Transmitter(120, 0.2, 0.5, 0, 200) for _ in range(2)]
        self.session: Any = onnxruntime.InferenceSession(str(policy), providers=["CPUExecutionProvider"])
        self.port = self.session.get_inputs()[0]
        self.features = np.zeros((1, self.port.shape[1]), np.float32)
        self.integral = self.position = self.op = 51.4
        self.smooth = self.last_pv = self.setpoint = self.target = 350.0
        self.slope = self.feed_wander = self.flow_wander = 0.0
        self.age, self.same, self.apart, self.struck = 0, 0, 0, 0
        self.mode, self.tripped, self.confirm, self.travel = "RCAS", False, 0, 0.0
        self.alarms = [False] * 12

    def ask(self, values: list[float]) -> None:
        shown = [word(v, t.low, t.high) for v, t in zip(values, self.tags, strict=True)]
        k = self.features.shape[1]
        self.features[0, k // 2 :] = self.features[0, : k - k // 2]
        for i in range(k // 2):
            self.features[0, i] = (shown[i % 4] - 350.0) / 10.0
        answer = float(self.session.run(None, {self.port.name: self.features})[0][0, 0])
        self.target, self.age = word(350.0 + answer, 300, 420), 0

    def tick(self, number: int) -> None:
        draw = self.draw
        if number % 5 == 0:
            self.feed_wander += -0.003 * self.feed_wander + draw.gauss(0.0, 0.08)
            self.flow_wander += -0.003 * self.flow_wander + draw.gauss(0.0, 0.2)
        p, feed, q = self.plant, 350.0 + self.feed_wander, 100.0 + self.flow_wander
        flow = 200.0 * 50.0 ** (self.position / 100.0 - 1.0)
        truth = (p.t, 280.0, feed, q, p.tj, flow, p.c, 100.0)
        values = [word(s.read(x, draw), s.low, s.high) for s, x in zip(self.tags, truth, strict=True)]
        pv = values[0]
        bad = not 310.0 <= pv <= 410.0 or abs(pv - self.last_pv) > 1.0
        self.same = self.same + 1 if pv == self.last_pv else 0
        self.last_pv = pv
        proposed = self.propose(pv)
        if number % 5 == 0:
            self.ask(values)
        self.age += 1
        self.decide(pv, bad, proposed)
        command = word(self.op, 0.0, 100.0)
        gap = command - self.position
        if abs(gap) > 0.3:
            self.position += min(max(gap, -6.67), 6.67)
        self.apart = self.apart + 1 if abs(command - self.position) > 5.0 else 0
        limits = (356, 285, 355, 115, 315, 300, 0.65, 110)
        for i, (value, limit) in enumerate(zip(values, limits, strict=True)):
            self.alarms[i] = value > limit
        self.protect(p.t)
        p.advance(flow, feed, q * (1.0 - self.travel))

    def propose(self, pv: float) -> float:
        before = self.smooth
        self.smooth += 0.28 * (pv - self.smooth)
        self.slope += 0.065 * (self.smooth - before - self.slope)
        error = self.smooth - self.setpoint
        action = 8.0 * error + 320.0 * self.slope
        wanted = self.integral + action
        out = min(max(wanted, 5.0), 100.0)
        if out == wanted:
            self.integral += 0.032 * error
        return out

    def decide(self, pv: float, bad: bool, proposed: float) -> None:
        if not 340.0 <= self.target <= 354.0:
            self.struck += 1
        if self.mode == "RCAS" and (bad or self.age > 15 or self.struck > 2 or not 344 <= pv <= 356):
            self.mode = "AUTO"
        if self.mode == "RCAS":
            self.setpoint += min(max(self.target - self.setpoint, -0.01), 0.01)
        self.op = proposed

    def protect(self, true: float) -> None:
        truth = (true, true, true, 4.0, 4.0, 120.0, 120.0)
        read = [s.read(x, self.draw) for s, x in zip(self.safety, truth, strict=True)]
        votes = sum(value > 360.0 for value in read[:3])
        lost = min(read[3:5]) < 2.0 or min(read[5:]) < 70.0
        self.confirm = self.confirm + 1 if votes >= 2 or lost else 0
        self.tripped = self.tripped or self.confirm >= 2
        self.travel = min(max(self.travel + (0.1 if self.tripped else -0.1), 0.0), 1.0)


def run(policy: Path, ticks: int) -> Loop:
    """Run so many ticks of 0.2 s."""
    loop, environment = Loop(policy), simpy.Environment()

    def clock() -> Any:
        number = 0
        while True:
            loop.tick(number)
            number += 1
            yield environment.timeout(200)

    environment.process(clock())
    environment.run(until=200 * ticks)
    return loop

"""The conformance check: the product's plants pass, and what breaks the contract is told by its name."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from simulator.core.errors import InputError
from simulator.core.kernel import kernel
from simulator.engine.physics import native
from simulator.testing.check_plant import NotConforming, check_plant, failures_of
from simulator.testing.plant_sources import forbidden


class Tank:
    """A sound plant, which each test spoils in one way."""

    STATES = (("level", "cm"),)
    QUANTITIES = (("level", "cm"), ("flow", "cm3/s"))
    INPUTS = (("pump", "%", 50.0),)

    def initial(self, n):
        return np.repeat(np.array([[10.0], [5.0]]), n, axis=1)

    def rate(self, level, pump):
        return 0.05 * pump - 0.25 * level

    def advance(self, true, inputs, dt):
        half = true[0] + 0.5 * dt * self.rate(true[0], inputs[0])
        true[0] += dt * self.rate(half, inputs[0])
        true[1] = 0.1 * inputs[0]


def broken(owner, dt=0.1):
    """Rules that a class breaks; that a test file imports what physics must not is none of them."""
    return {failure.rule for failure in failures_of(owner(), dt) if failure.rule != "sources"}


def test_a_sound_plant_breaks_no_rule():
    assert broken(Tank) == set()


@pytest.mark.parametrize("name", ["cstr", "cstr_slow", "quadruple_tank", "quadruple_tank_plus"])
def test_the_products_plants_keep_the_contract(name):
    check_plant(name)


class Renamed(Tank):
    QUANTITIES = (("flow", "cm3/s"), ("level", "cm"))


class Unitless(Tank):
    INPUTS = (("pump", "furlong", 50.0),)


class Endless(Tank):
    INPUTS = (("pump", "%", float("inf")),)


@pytest.mark.parametrize("owner", [Renamed, Unitless, Endless])
def test_tables_that_make_no_sense_are_told(owner):
    assert "tables" in broken(owner)


class Turned(Tank):
    def initial(self, n):
        return super().initial(n).T.copy()


class Narrow(Tank):
    def initial(self, n):
        return super().initial(n).astype(np.float32)


class Returns(Tank):
    def advance(self, true, inputs, dt):
        super().advance(true, inputs, dt)
        return true


@pytest.mark.parametrize("owner", [Turned, Narrow, Returns])
def test_wrong_shapes_are_told(owner):
    assert "shapes" in broken(owner)


class Rooted(Tank):
    def advance(self, true, inputs, dt):
        super().advance(true, inputs, dt)
        with np.errstate(invalid="ignore"):
            true[1] = np.sqrt(inputs[0] - 49.0)


def test_numbers_that_end_are_told():
    assert "finite" in broken(Rooted)


class Drifting(Tank):
    def initial(self, n):
        return super().initial(n) + 0.01


class Hasty(Tank):
    def advance(self, true, inputs, dt):
        super().advance(true, inputs, dt)
        true[0] += 1e-12


@kernel
def _filled(true, inputs, dt):
    for i in range(true.shape[1]):
        half = true[0, i] + 0.5 * dt * (0.05 * inputs[0, i] - 0.25 * true[0, i])
        true[0, i] += dt * (0.05 * inputs[0, i] - 0.25 * half)
        true[1, i] = 0.1 * inputs[0, i]


class Native(Tank):
    def advance(self, true, inputs, dt):
        step, *arguments = self.compiled(true, inputs, dt)
        step(*arguments)

    def compiled(self, true, inputs, dt):
        return _filled, true, inputs, dt


class Apart(Native):
    def compiled(self, true, inputs, dt):
        return _filled, true, inputs, 0.99 * dt

    def advance(self, true, inputs, dt):
        _filled(true, inputs, dt)


class Elsewhere(Native):
    def compiled(self, true, inputs, dt):
        return _filled, true.copy(), inputs, dt

    def advance(self, true, inputs, dt):
        _filled(true, inputs, dt)


class Corrected(Native):
    """One that overrules `advance` alone: what its parent says of it no longer holds, and is not used."""

    def advance(self, true, inputs, dt):
        super().advance(true, inputs, dt)
        true[1] += 1.0


def test_a_compiled_plant_that_does_something_else_is_told():
    assert broken(Native) == set()
    assert "compiled" in broken(Apart)
    assert "compiled" in broken(Elsewhere)


def test_the_engine_asks_a_compiled_plant_only_for_what_it_says_of_itself():
    assert native(Native()) is not None
    assert native(Tank()) is None
    assert native(Corrected()) is None
    assert "compiled" not in broken(Corrected)


@pytest.mark.parametrize("owner", [Drifting, Hasty])
def test_a_nominal_point_that_moves_is_told(owner):
    assert "rest" in broken(owner)


class Neighbourly(Tank):
    def advance(self, true, inputs, dt):
        super().advance(true, inputs, dt)
        true[1] += 1e-12 * (inputs[0] - inputs[0].mean())


def test_a_replica_that_feels_its_neighbours_is_told():
    assert "batch" in broken(Neighbourly)


class Counting(Tank):
    def __init__(self):
        self.calls = 0

    def advance(self, true, inputs, dt):
        self.calls += 1
        super().advance(true, inputs, dt)
        true[1] += 1e-9 * self.calls


def test_a_plant_that_remembers_its_calls_is_told():
    found = broken(Counting)
    assert {"determinism", "purity"} <= found


class Greedy(Tank):
    def advance(self, true, inputs, dt):
        super().advance(true, inputs, dt)
        inputs *= 1.0 + 1e-12


@dataclass
class Wearing(Tank):
    """Its parameter wears while it runs, as that of a widely copied reactor does."""

    area: np.ndarray = field(default_factory=lambda: np.ones(1))

    def advance(self, true, inputs, dt):
        super().advance(true, inputs, dt)
        self.area *= 0.999


class Shared(Tank):
    total = 0.0

    def advance(self, true, inputs, dt):
        super().advance(true, inputs, dt)
        type(self).total += dt


@pytest.mark.parametrize("owner", [Greedy, Wearing, Shared])
def test_a_plant_that_changes_what_it_is_given_is_told(owner):
    assert "purity" in broken(owner)


class Forgetful(Tank):
    """Moves by the step's number, not its length."""

    def advance(self, true, inputs, dt):
        true[0] += 0.1 * self.rate(true[0], inputs[0]) if dt else 0.0
        true[1] = 0.1 * inputs[0]


def test_steps_that_do_not_converge_are_told():
    assert "convergence" in broken(Forgetful)


class Raising(Tank):
    def advance(self, true, inputs, dt):
        raise KeyError("valve")


def test_a_plant_that_raises_is_told_and_does_not_raise():
    (failure,) = (one for one in failures_of(Raising()) if one.rule != "sources")
    assert "it raised KeyError" in failure.why


def test_check_raises_with_every_failure_by_name():
    with pytest.raises(NotConforming) as caught:
        check_plant(Counting(), 0.1)
    assert {one.rule for one in caught.value.failures} >= {"determinism", "purity"}
    assert "purity: advance changes calls" in str(caught.value)


def test_what_is_no_physics_at_all_is_wrong_input():
    with pytest.raises(InputError, match="STATES"):
        check_plant(object())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("x = a @ b", "'@'"),
        ("x = np.dot(a, b)", "np.dot"),
        ("x = np.linalg.solve(a, b)", "np.linalg"),
        ("import random", "chance"),
        ("from time import monotonic", "the clock"),
        ("from numpy.random import default_rng", "chance"),
        ("x = np.random.rand()", "np.random"),
        ("x = open('table.csv')", "reads nothing"),
        ("import socket", "a network"),
    ],
)
def test_what_must_not_stand_in_a_source_is_told_with_its_line(tmp_path: Path, line, told):
    path = tmp_path / "model.py"
    path.write_text(f"import numpy as np\n{line}\n")
    (found,) = forbidden([path])
    assert found.startswith("model.py:2 ")
    assert told in found


def test_decorators_and_words_are_no_products(tmp_path: Path):
    path = tmp_path / "model.py"
    path.write_text(
        textwrap.dedent('''
        from dataclasses import dataclass
        @dataclass
        class Plant:
            """a @ b, import random"""
            dot: float = 1.0
    ''')
    )
    assert list(forbidden([path])) == []

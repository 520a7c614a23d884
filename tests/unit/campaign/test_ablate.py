"""Layers taken away: what is spared is what would change nothing, and what is found is what is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from questions import SCENARIOS, SUITE

from simulator.campaign.ablate.campaign import Options, ablate, exit_of
from simulator.campaign.ablate.plan import Tree, acted
from simulator.campaign.ablate.trial import trial
from simulator.campaign.ablate.watch import Watch, unread
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError
from simulator.core.verdict import Exit
from simulator.engine.layer import Bound
from simulator.scenario.resolve import resolve_suite

RUNAWAY = """\
schema: 1
id: SAF-001
question: When the coolant valve goes shut, does the safety function stop the runaway?
plant: cstr
duration: 60 s
threats:
  - {name: valve_shut, kind: force, tap: actuator, target: TV-101, onset: {uniform: [5 s, 8 s]}, value: 0 %}
operator: none
requirements: [R-01, R-15, R-16]
"""


def asked(folder, text):
    (folder / "question.yaml").write_text(text)
    file = folder / "suite.yaml"
    names = (folder / "question.yaml").as_posix()
    file.write_text(SUITE.format(at=SCENARIOS.as_posix(), names=names))
    return resolve_suite(file)


@pytest.fixture(name="suite")
def _suite(tmp_path):
    return asked(tmp_path, RUNAWAY)


def rows(suite, *removed):
    points = np.zeros((2, 0))
    return trial(Workshop(suite), "SAF-001", removed, None).run(points, [0, 1])


class Wires(NamedTuple):
    value: Any
    told: Any


@dataclass(frozen=True)
class Adds:
    """Writes its input, `more` higher from 400 ms on, in the second replica only."""

    more: float

    def initial(self, n):
        return None

    def calls(self, state, inputs, out):
        def write(now):
            out.value[:] = inputs.value
            out.told[:] = 0.0
            if now >= 400:
                out.value[:, 1] += self.more

        return (write,)


def bound(layer, read, written, told):
    wires = (Wires(read, told), Wires(written, told))
    return Bound("readback", layer, None, *wires, 200, (("value", "value"),))


@pytest.mark.parametrize(("more", "seen"), [(0.0, [False, False]), (1e-300, [False, True])])
def test_a_layer_that_passes_its_input_on_has_done_nothing_and_the_least_change_is_seen(more, seen):
    read, written, told = np.full((1, 2), np.nan), np.zeros((1, 2)), np.zeros((1, 2))
    watch = Watch(("readback",), (), 2)
    (watched,) = watch.over((bound(Adds(more), read, written, told),), set())
    for now in (0, 200, 400, 600):
        read[:] = np.nan if now < 400 else 0.0
        watched.layer.step(None, watched.inputs, watched.out, now)
    assert watch.acted["readback"].tolist() == seen


def test_numbers_that_no_layer_reads_are_for_the_record_alone():
    read, written, told = np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 2))
    first = bound(Adds(0.0), read, written, told)
    second = bound(Adds(0.0), written, np.zeros((1, 2)), np.zeros((1, 2)))
    found = unread((first, second), ("readback",))
    assert any(one is told for one in found)
    assert not any(one is written for one in found)


def test_without_a_layer_that_did_nothing_every_record_is_bit_identical(suite):
    sound = rows(suite)
    tree = Tree(sound)
    assert "SIF-101" in tree.called
    assert {"SIF-102", "watchdog", "config_check"} <= set(tree.idle)
    for layer in ("watchdog", "config_check", "SIF-102"):
        assert rows(suite, layer)["digest"].tolist() == sound["digest"].tolist()


def test_a_layer_that_stands_by_does_nothing_and_yet_its_pair_is_run(tmp_path):
    """Equal records do not prove that a layer has no part: it acts once the PID is gone."""
    suite = asked(tmp_path, RUNAWAY.replace("{uniform: [5 s, 8 s]}", "399 s").replace("60 s", "400 s"))
    tree = Tree(rows(suite))
    assert "SIF-103" in tree.idle
    assert rows(suite, "SIF-103")["digest"].tolist() == tree.sound["digest"].tolist()
    tree.single["pid"] = rows(suite, "pid")
    assert acted(tree.without("pid"), "SIF-103") > 0
    assert ("pid", "SIF-103") in tree.pairs()
    both = rows(suite, "pid", "SIF-103")
    assert both["digest"].tolist() != tree.single["pid"]["digest"].tolist()


def test_a_pair_of_which_one_does_nothing_without_the_other_is_the_removal_of_the_other(suite):
    tree = Tree(rows(suite), {"readback": rows(suite, "readback")})
    assert dict(tree.spared())["readback", "SIF-103"] == "readback"
    both = rows(suite, "readback", "SIF-103")
    assert both["digest"].tolist() == tree.single["readback"]["digest"].tolist()


def test_a_study_tells_what_each_layer_is_worth(suite, tmp_path):
    layout, found = ablate(suite, Options(tmp_path / "results", 1, 2, pairs=False), lambda *_: None)
    cells = found["questions"]["SAF-001"]["cells"]
    assert cells["SIF-101"]["word"] == "UNSAFE"
    assert cells["SIF-101"]["violated"]["R-01"] == cells["SIF-101"]["unsafe"] == 2
    assert cells["readback"]["word"] == "next layer held"
    assert cells["readback"]["violated"] == {"R-15": 2}
    assert cells["watchdog"]["word"] == "not called upon"
    assert "watchdog" in found["never"]
    assert found["counts"]["audited"] == {"singles": 1, "pairs": 0, "broken": ()}
    alone = next(one for one in found["findings"] if "one layer" in one["text"])
    assert alone["verdict"] == "PASS"
    assert exit_of(found) is Exit.PASSED
    assert (layout.root / "ablate.json").is_file()
    assert (layout.root / "stop.json").is_file()


def test_two_processes_find_what_one_finds(suite, tmp_path):
    by = [
        ablate(suite, Options(tmp_path / str(n), n, 2, pairs=False), lambda *_: None)[1]["questions"]
        for n in (1, 2)
    ]
    assert by[0] == by[1]


def test_unknown_questions_are_refused_all_at_once(suite, tmp_path):
    with pytest.raises(InputError) as refused:
        ablate(suite, Options(tmp_path, 1, 2, only=("NET-099", "X")), lambda *_: None)
    assert len(refused.value.problems) == 2

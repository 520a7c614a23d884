"""Who has the loop: every transition, every permissive, and what a hand-over moves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.control.mode import LoopModes, ModeInputs, ModeOut, Modes
from simulator.control.transitions import entry, in_a_word, table
from simulator.core.states import (
    BAD,
    GROUNDS,
    MODE,
    MODE_REASON,
    START_BUMPLESS,
    START_LAST_GOOD,
    TRIPPED,
)

NAMES = {number: name for name, number in MODE.items()}
REASONS = {number: name for name, number in MODE_REASON.items()}
SHEDS = {"STALE": START_BUMPLESS, "OUTPUT": START_LAST_GOOD, "INPUT": START_LAST_GOOD,
         "READBACK": START_BUMPLESS, "SIF": START_LAST_GOOD, "PHASE": START_BUMPLESS,
         "LATE": START_BUMPLESS, "CONFIG": START_LAST_GOOD, "NOVELTY": START_LAST_GOOD,
         "GUARD": START_LAST_GOOD}  # fmt: skip
TROUBLE = {"OUTPUT": "shed", "INPUT": "quality", "READBACK": "mismatch", "SIF": "status",
           **dict.fromkeys(GROUNDS, "grounds")}  # fmt: skip
CAREFUL = [event for event, start in SHEDS.items() if start == START_LAST_GOOD]
HEALTHY = [event for event, start in SHEDS.items() if start == START_BUMPLESS]
# What each event does to each mode, written out again: the doctrine, not the code.
AFTER = {
    "NONE": {"MAN": "MAN", "AUTO": "AUTO", "RCAS": "RCAS", "ROUT": "ROUT"},
    **{event: {"MAN": "MAN", "AUTO": "AUTO", "RCAS": "AUTO", "ROUT": "AUTO"} for event in SHEDS},
    "OPERATOR": {"MAN": "MAN", "AUTO": "MAN", "RCAS": "MAN", "ROUT": "MAN"},
    "REARM": {"MAN": "MAN", "AUTO": "home", "RCAS": "RCAS", "ROUT": "ROUT"},
}


class Rig:
    """One loop TIC-1 in a given mode, with nothing wrong; PV 350, OP 50, AI 340 or 60, PID 52, restart 80."""

    def __init__(self, mode, home=None, ai=True):
        self.home = home or (mode if mode in ("RCAS", "ROUT") else "RCAS")
        loop = LoopModes(MODE[self.home] if ai else 0, 100.0, 2.0, (0, 2))
        self.layer = Modes((loop,), *table())
        self.state = self.layer.initial(1)
        remote = 60.0 if self.home == "ROUT" else 341.0
        one = {
            "preset": 350.0,
            "admitted": remote,
            "pv": 350.0,
            "proposed": 52.0,
            "restart": 80.0,
            "sp": 351.0,
            "op": 50.0,
        }
        states = {"grounds": len(GROUNDS), "shed": 1, "quality": 3, "mismatch": 1, "status": 2}
        self.inputs = ModeInputs(
            **{name: np.full((1, 1), value) for name, value in one.items()},
            **{name: np.zeros((rows, 1), np.int8) for name, rows in states.items()},
            override=np.zeros(1, np.int8), rearm=np.zeros(1, np.int8),
            follow=np.zeros(1, np.int8),
        )  # fmt: skip
        made = {
            name: np.zeros((1, 1), np.int8)
            for name in ("reason", "start", "in_charge", "ai_active", "changed")
        }
        mode_now = np.full((1, 1), MODE[mode], np.int8)
        self.out = ModeOut(mode=mode_now, target_sp=np.full((1, 1), 351.0), selected=np.zeros((1, 1)), **made)

    def trouble(self, event, row=0):
        """Raise the condition of an event."""
        value = {"SIF": TRIPPED, "INPUT": BAD}.get(event, 1)
        row = GROUNDS.index(event) if event in GROUNDS else row
        getattr(self.inputs, TROUBLE[event])[row] = value
        return self

    def scan(self, **pulses):
        """One scan; returns the mode."""
        for name, value in pulses.items():
            getattr(self.inputs, name)[:] = value
        self.layer.step(self.state, self.inputs, self.out, 0)
        return NAMES[int(self.out.mode[0, 0])]

    def __getattr__(self, name):
        return getattr(self.__dict__["out"], name)[0, 0]


def after(event, mode):
    """Mode after an event, by running a scan in which only that happens."""
    rig = Rig(mode)
    if event in TROUBLE:
        rig.trouble(event)
    found = rig.scan(override=int(event == "OPERATOR"), rearm=int(event == "REARM"))
    return rig, found


@pytest.mark.parametrize("mode", list(MODE))
@pytest.mark.parametrize("event", list(AFTER))
def test_every_event_in_every_mode_leads_where_the_doctrine_says(event, mode):
    rig, found = after(event, mode)
    wanted = AFTER[event][mode]
    assert found == (rig.home if wanted == "home" else wanted)


@pytest.mark.parametrize("mode", list(MODE))
@pytest.mark.parametrize("event", list(AFTER))
def test_the_reason_names_the_event_that_moved_the_loop(event, mode):
    rig, found = after(event, mode)
    changed = found != mode
    assert REASONS[int(rig.reason)] == (event if changed and event != "REARM" else "NONE")


def test_the_table_has_every_event_and_every_mode():
    moves, starts = table()
    assert moves.shape == (4, len(AFTER))
    assert starts.shape == (len(AFTER),)
    assert moves.min() >= 0


def test_a_row_in_a_word_has_every_entry_of_the_row():
    moves, starts = table()
    for row in (*moves, starts):
        assert [entry(in_a_word(row), event) for event in range(len(row))] == list(row)


@pytest.mark.parametrize("home", ["RCAS", "ROUT"])
@pytest.mark.parametrize(("event", "start"), list(SHEDS.items()))
def test_a_shed_does_not_return_by_itself_when_its_cause_is_gone(event, start, home):
    rig = Rig(home).trouble(event)
    assert rig.scan() == "AUTO"
    assert rig.start == start
    getattr(rig.inputs, TROUBLE[event])[:] = 0
    for _ in range(50):
        assert rig.scan() == "AUTO"
        assert rig.start == START_BUMPLESS, "the start is told for one scan only"
    assert REASONS[int(rig.reason)] == event, "and the reason stands until the loop is given back"


@pytest.mark.parametrize("home", ["RCAS", "ROUT"])
def test_the_operator_gives_the_loop_back_when_all_is_well(home):
    rig = Rig("AUTO", home)
    assert rig.scan(rearm=1) == home
    assert rig.ai_active == 1
    assert rig.changed == 1


@pytest.mark.parametrize("home", ["RCAS", "ROUT"])
@pytest.mark.parametrize(
    ("event", "row"),
    [("INPUT", 0), ("INPUT", 2), ("READBACK", 0), ("SIF", 0), ("SIF", 1), *((one, 0) for one in GROUNDS)],
)
def test_each_standing_trouble_alone_refuses_the_rearm(event, row, home):
    rig = Rig("AUTO", home).trouble(event, row)
    assert rig.scan(rearm=1) == "AUTO"
    assert rig.changed == 0
    assert rig.ai_active == 0


def test_a_measurement_that_the_ai_does_not_use_refuses_no_rearm():
    assert Rig("AUTO").trouble("INPUT", 1).scan(rearm=1) == "RCAS"


@pytest.mark.parametrize(
    ("pv", "given"), [(352.0, True), (352.01, False), (348.0, True), (347.99, False), (math.nan, False)]
)
def test_a_plant_away_from_the_preset_setpoint_refuses_the_rearm(pv, given):
    rig = Rig("AUTO")
    assert (rig.scan(rearm=1, pv=pv) == "RCAS") is given
    assert rig.changed == int(given)


def test_a_loop_without_an_ai_is_not_rearmed():
    rig = Rig("AUTO", ai=False)
    assert rig.scan(rearm=1) == "AUTO"
    assert rig.changed == 0


@pytest.mark.parametrize("mode", list(MODE))
@pytest.mark.parametrize("event", list(AFTER))
def test_a_change_of_mode_is_told_in_its_scan_and_no_other(event, mode):
    rig, found = after(event, mode)
    assert rig.changed == int(found != mode)
    again = rig.scan(override=0, rearm=0)
    assert (again, rig.changed) == (found, 0)


@pytest.mark.parametrize("mode", list(MODE))
@pytest.mark.parametrize("event", [*TROUBLE, None])
def test_the_operators_override_wins_in_every_mode_over_everything(mode, event):
    rig = Rig(mode)
    if event:
        rig.trouble(event)
    assert rig.scan(override=1, rearm=1) == "MAN"
    assert rig.ai_active == 0
    assert rig.in_charge == 0
    if mode != "MAN":
        assert rig.selected == 100.0, "the safe output"


def test_manual_keeps_the_output_it_has():
    rig = Rig("MAN")
    assert rig.scan() == "MAN"
    assert rig.selected == 50.0


def test_rcas_gives_the_setpoint_to_the_ai_and_the_output_to_the_pid():
    rig = Rig("RCAS")
    rig.scan()
    assert (rig.target_sp, rig.selected, rig.in_charge, rig.ai_active) == (341.0, 52.0, 1, 1)


def test_rout_gives_the_output_to_the_ai_and_keeps_the_preset_setpoint():
    rig = Rig("ROUT")
    rig.scan()
    assert (rig.target_sp, rig.selected, rig.in_charge, rig.ai_active) == (350.0, 60.0, 0, 1)


@pytest.mark.parametrize("event", HEALTHY)
def test_a_healthy_hand_over_from_rcas_moves_nothing(event):
    rig = Rig("RCAS").trouble(event)
    rig.scan()
    assert rig.selected == 52.0
    assert rig.target_sp == 351.0, "the setpoint stays where it was"


def test_a_healthy_hand_over_from_rout_goes_on_with_the_pid():
    rig = Rig("ROUT")
    rig.scan()
    assert rig.selected == 60.0
    rig.trouble("STALE").scan()
    assert rig.selected == 52.0


@pytest.mark.parametrize("home", ["RCAS", "ROUT"])
@pytest.mark.parametrize("event", CAREFUL)
def test_after_a_bad_output_the_loop_starts_from_the_last_good_one_at_the_preset_setpoint(event, home):
    rig = Rig(home).trouble(event)
    rig.scan()
    assert rig.selected == 80.0
    assert rig.target_sp == 350.0
    assert rig.start == START_LAST_GOOD
    rig.scan()
    assert rig.selected == 52.0, "from then on the PID has it"


@pytest.mark.parametrize("home", ["RCAS", "ROUT"])
def test_of_several_troubles_the_one_with_the_most_careful_start_is_followed(home):
    """A stale AI whose last output was also bad must not hand over bumplessly."""
    for event in CAREFUL:
        for other in HEALTHY:
            rig = Rig(home).trouble(event).trouble(other)
            assert rig.scan() == "AUTO"
            assert rig.start == START_LAST_GOOD


def pair(mode, homes=("RCAS", "RCAS"), rearm=0, **spoilt):
    """Modes of two loops after a scan in which `spoilt` (input=value) holds of the second."""
    loops = [LoopModes(MODE[home] if home else 0, 100.0, 2.0, (0,)) for home in homes]
    layer, rig = Modes(tuple(loops), *table()), Rig(mode)
    wide = {name: np.repeat(getattr(rig.inputs, name), 2, axis=0) for name in
            ("shed", "mismatch", "preset", "admitted", "pv", "proposed", "restart", "sp", "op")}  # fmt: skip
    for name, value in spoilt.items():
        wide[name][1] = value
    rig.inputs.rearm[:] = rearm
    out = ModeOut(*(np.repeat(part, 2, axis=0) for part in rig.out))
    layer.step(layer.initial(1), rig.inputs._replace(**wide), out, 0)
    return [NAMES[int(m)] for m in out.mode[:, 0]]


@pytest.mark.parametrize("trouble", ["shed", "mismatch"])
def test_what_takes_one_loop_from_the_ai_takes_all_of_its_loops(trouble):
    assert pair("RCAS") == ["RCAS", "RCAS"]
    assert pair("RCAS", **{trouble: 1}) == ["AUTO", "AUTO"]


def test_trouble_on_a_loop_that_the_ai_does_not_have_takes_none_from_it():
    assert pair("RCAS", homes=("RCAS", None), mismatch=1)[0] == "RCAS"


def test_all_loops_are_given_back_at_once_or_none():
    assert pair("AUTO", rearm=1) == ["RCAS", "RCAS"]
    assert pair("AUTO", rearm=1, pv=353.0) == ["AUTO", "AUTO"], "one PV far from its setpoint"
    assert pair("AUTO", rearm=1, mismatch=1) == ["AUTO", "AUTO"]


@pytest.mark.parametrize("mode", ["AUTO", "MAN"])
def test_a_loop_without_the_ai_keeps_to_a_setpoint_that_the_procedure_leads(mode):
    rig = Rig(mode)
    rig.scan(preset=345.0)
    assert rig.target_sp == 351.0, "while nothing leads it, it stays"
    rig.scan(preset=345.0, follow=1)
    assert rig.target_sp == 345.0


@pytest.mark.parametrize(
    ("after", "starts", "told"),
    [
        (np.zeros((4, 17), np.int8), np.zeros(13, np.int8), "17 events"),
        (np.zeros((4, 13), np.int8), np.zeros(17, np.int8), "17 events"),
        (np.full((4, 13), 16, np.int8), np.zeros(13, np.int8), "entries from 0 to 16"),
        (np.full((4, 13), -1, np.int8), np.zeros(13, np.int8), "entries from -1 to 0"),
    ],
)
def test_a_table_of_which_a_number_holds_only_a_part_is_refused(after, starts, told):
    with pytest.raises(ValueError, match=told):
        Modes((), after, starts).initial(1)

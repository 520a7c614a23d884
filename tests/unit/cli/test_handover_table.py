"""What a terminal is told of the override: reached, shown unreachable, and not assessed."""

from __future__ import annotations

import re

from simulator.cli.handover_table import show
from simulator.record.layout import Layout

STATE = {"phase": "RUN", "sif": "NORMAL", "failed": 0, "by": [], "n": 0, "allowed": True}
FOUND = {
    "times": {"limit": 10.0, "pst": 20.0, "event": "SL-1 IE-1"}, "parts": ["detect"], "failures": [],
    "override": {"rcas": {
        "verdict": "INCONCLUSIVE", "presses": 9, "drives": 3, "reached": 1, "unreachable": 1, "open": 1,
        "changing": 2, "failed": 0, "slowest": 0.2, "limit": 0.4,
        "rule": {"n": 64, "failed": 0, "held_n": 32, "held_failed": 1, "verdict": "FAIL"},
        "walk": {"joint": 5, "events": 4096, "steps": 40, "complete": True,
                 "free": ["modes: override", "sifs: reset"]},
        "states": [STATE | {"mode": "MAN", "n": 9, "word": "reached"},
                   STATE | {"mode": "AUTO", "word": "not reached"},
                   STATE | {"mode": "RCAS", "word": "unreachable", "allowed": False}],
    }},
}  # fmt: skip


def told(capsys, found, tmp_path):
    show(found, Layout(tmp_path))
    return re.sub(r"\s+", " ", capsys.readouterr().out)


def test_each_state_without_a_press_is_named_with_its_reason(capsys, tmp_path):
    text = told(capsys, FOUND, tmp_path)
    assert "1 of 3 states reached, 1 shown unreachable, 1 not assessed" in text
    assert "reached by none of 3 drives: AUTO/RUN/NORMAL" in text
    assert "unreachable by the rules: RCAS/RUN/NORMAL" in text
    assert "from MAN 1 of 32 do not keep it" in text
    assert "5 joint states, each with all 4,096 combinations of 2 free inputs" in text
    assert "unreachable by the walk" not in text


def test_a_drive_where_the_walk_says_nothing_leads_is_shown(capsys, tmp_path):
    one = FOUND["override"]["rcas"]
    against = STATE | {"mode": "ROUT", "n": 1, "word": "reached", "allowed": False}
    found = FOUND | {"override": {"rcas": one | {"states": [*one["states"], against]}}}
    assert "unreachable by the walk: ROUT/RUN/NORMAL" in told(capsys, found, tmp_path)


def test_a_walk_that_was_given_up_says_so(capsys, tmp_path):
    one = FOUND["override"]["rcas"]
    walk = one["walk"] | {"complete": False}
    found = FOUND | {"override": {"rcas": one | {"walk": walk}}}
    assert "nothing is shown unreachable" in told(capsys, found, tmp_path)
    assert "nothing is shown unreachable" not in told(capsys, FOUND, tmp_path)

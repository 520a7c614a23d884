"""Recorded data shown to the AI and its guards: the same layers act, and gaps never pass."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from simulator.campaign.shadow.assess import Shadow, assess_data, exit_of
from simulator.campaign.shadow.grid import stretches
from simulator.campaign.shadow.judge import rule
from simulator.campaign.shadow.play import played
from simulator.campaign.shadow.setup import Asked, set_up
from simulator.campaign.shadow.table import read
from simulator.cli import run
from simulator.core.errors import InputError
from simulator.core.verdict import Exit, Verdict
from simulator.scenario.schema.requirements import Requirement

ASKED = Asked("rcas")
MAPPED = {"true.level_1": "LT-201"}


def shown(plant, path, asked=ASKED):
    setup = set_up(plant, read(path), asked)
    pieces = stretches(setup.grid.known(setup.needed))
    return setup, [played(setup, first, end, asked.rearm) for first, end in pieces]


def ruled(plant, path, formula, mapped=None, **more):
    setup, pieces = shown(plant, path)
    book = {"R-1": Requirement.model_construct(code="C", text="t", formula=formula, **more)}
    return rule(setup, pieces, book, mapped or {})[0]


def cut(first, end):
    """Rows between two scans are not there."""
    return lambda rows: rows[: first + 1] + rows[end + 1 :]


def setting(column, first, end, value):
    """A column reads `value` between two scans."""

    def change(rows):
        k = next(i for i, name in enumerate(rows[0]) if name.startswith(column))
        for row in rows[first + 1 : end + 1]:
            row[k] = str(value)
        return rows

    return change


def both(*changes):
    def change(rows):
        for one in changes:
            rows = one(rows)
        return rows

    return change


@pytest.mark.parametrize(
    "name", ["target.LIC-201", "target.LIC-202", "admitted.LIC-201", "mode.LIC-201", "quality.LT-201"]
)
def test_a_run_that_is_shown_its_own_record_does_again_what_it_did_bit_for_bit(plant, day, export, name):
    """What acts on recorded data are the layers of the run, not a copy of them."""
    _, (piece,) = shown(plant, export())
    np.testing.assert_array_equal(piece.traces.data[name], day.data[name])


def test_a_requirement_on_the_whole_record_passes_where_it_holds(plant, export):
    found = ruled(plant, export(), "always (mode.LIC-201 == AI)")
    assert found.verdict is Verdict.PASS


def test_what_holds_around_a_gap_is_inconclusive(plant, export):
    found = ruled(plant, export(cut(100, 150)), "always (mode.LIC-201 == AI)")
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "held in 2 of 2 unbroken stretches" in found.why


@pytest.mark.parametrize("gap", [(100, 150), (300, 350)])
def test_a_violation_is_one_before_a_gap_and_after_it(plant, export, gap):
    path = export(both(setting("LT-201", 200, 210, 19.0), cut(*gap)))
    found = ruled(plant, path, "always (true.level_1 < 16 cm)", MAPPED)
    assert found.verdict is Verdict.FAIL
    assert found.margin == pytest.approx(-3.0)
    assert found.at == 40_000


def test_a_violation_inside_of_unknown_time_is_no_evidence(plant, export):
    path = export(both(setting("LT-201", 110, 120, 19.0), cut(100, 150)))
    assert ruled(plant, path, "always (true.level_1 < 16 cm)", MAPPED).verdict is Verdict.INCONCLUSIVE


def test_bad_samples_never_pass(plant, export):
    path = export(setting("LT-202", 590, 600, "NaN"))
    assert ruled(plant, path, "always (mode.LIC-201 == AI)").verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("always (true.level_1 < 16 cm)", "map it: --map true.level_1=TAG"),
        ("always (rise(ai_fault) -> mode.LIC-201 == AUTO)", "nothing was injected into the past"),
        ("always (threat.bias < 1 cm)", "nothing was injected into the past"),
        ("always (bump.SC-201 <= 2 %)", "the plant did not feel the AI"),
        ("always (safe.XS-211)", "safe.XS-211 is not recorded"),
        ("always (LT-201 > 16 cm -> mode.LIC-201 == AUTO)", "its condition never occurred"),
        ("always (LT-201 > 16 cm -> eventually[0:300 ms] mode.LIC-201 == AUTO)", "the formula"),
    ],
)
def test_what_a_history_cannot_say_is_not_assessed_with_the_reason(plant, export, formula, why):
    found = ruled(plant, export(), formula)
    assert found.verdict is Verdict.NOT_ASSESSED
    assert why in found.why


def test_comparisons_and_design_checks_need_a_run(plant, export):
    for kind in ("compare", "design_check"):
        found = ruled(plant, export(), None, **{kind: "x"})
        assert found.verdict is Verdict.NOT_ASSESSED


def test_a_recorded_trip_takes_the_loops_from_the_ai(plant, export):
    _, (piece,) = shown(plant, export(setting("sif.IL-201", 300, 301, "TRIPPED")))
    active = piece.traces.data["ai_active.LIC-201"][:, 0]
    assert active[299] == 1
    assert active[300:].max() == 0


def test_a_leap_of_an_input_is_what_would_have_stopped_the_ai(plant, export, tmp_path):
    path = export(setting("LT-201", 300, 360, 17.0))
    layout, verdicts = assess_data(Shadow(plant, path, None, tmp_path / "results", ASKED))
    account = verdicts["account"]
    assert account["loops"]["LIC-201"]["sheds"] == {"INPUT": 1}
    assert 0.49 < account["loops"]["LIC-201"]["in_charge"] < 0.51
    assert account["inputs"]["LT-201"]["by_reason"]["RATE"] > 0
    assert "60.0,shed,LIC-201,INPUT" in (layout.root / "events.csv").read_text()


@pytest.mark.parametrize(("rearm", "low", "high"), [(20_000, 0.4, 0.5), (None, 0.08, 0.09)])
def test_the_loops_are_given_back_when_the_mode_logic_allows_it(plant, export, tmp_path, rearm, low, high):
    """Lost after 10 s; LT-201 is GOOD again 60 s after its fault, and not before can they be given back."""
    path = export(setting("LT-201", 50, 60, 17.0))
    asked = Asked("rcas", rearm=rearm)
    _, verdicts = assess_data(Shadow(plant, path, None, tmp_path / "results", asked))
    assert low < verdicts["account"]["loops"]["LIC-201"]["in_charge"] < high


def looking_back(plant, cycles):
    """The plant with a policy that looks so many cycles back."""
    ai = plant.spec.ai["rcas"].model_copy(update={"history": cycles})
    return replace(plant, spec=plant.spec.model_copy(update={"ai": {"rcas": ai}}))


def test_checks_that_the_data_cannot_answer_are_left_out_and_told(plant, export):
    names = ("LT-201", "LT-202", "FT-211", "FT-212", "ST-201", "ST-202", "sp.LIC-201", "sp.LIC-202")
    setup = set_up(looking_back(plant, 1), read(export(names=names, every=20)), ASKED)
    assert setup.grid.period == 4000
    assert setup.plant.spec.input_guard["LT-201"].frozen == 0
    said = "\n".join(setup.told)
    assert "the scan is 4 s, as the data come" in said
    assert "LT-201: samples this rare cannot show a value that is frozen" in said
    assert "no safety function is recorded" in said


def test_a_policy_that_looks_back_needs_samples_as_often(plant, export):
    path = export(every=20)
    with pytest.raises(InputError, match="looks 3 cycles back"):
        set_up(looking_back(plant, 3), read(path), ASKED)


@pytest.mark.parametrize(
    ("mapped", "told"),
    [({"true.level_9": "LT-201"}, "a quantity of"), ({"true.level_1": "LT-999"}, "a tag that is recorded"),
     ({"true.level_1": "FT-211"}, "a tag in cm")],
)  # fmt: skip
def test_a_mapping_that_makes_no_sense_is_refused(plant, export, mapped, told):
    with pytest.raises(InputError, match=told):
        set_up(plant, read(export()), Asked("rcas", mapped))


def test_the_folder_stands_alone_and_is_never_overwritten(plant, export, tmp_path):
    path = export()
    folders = [assess_data(Shadow(plant, path, None, tmp_path / "results", ASKED))[0].root for _ in range(2)]
    assert folders[0] != folders[1]
    for folder in folders:
        start = json.loads((folder / "start.json").read_text())
        assert (folder / "inputs" / f"{path.parent.name}__history.csv").read_bytes() == path.read_bytes()
        assert start["kind"] == "shadow"
        assert {p.name for p in (folder / "figures").iterdir()} >= {
            "shadow-LIC-201.png",
            "shadow-LIC-201.svg",
        }
        assert (folder / "manifest.json").exists()
    kept = [(folder / "traces" / "SHADOW" / "000000.npz").read_bytes() for folder in folders]
    assert kept[0] == kept[1]


def test_without_requirements_nothing_is_decided(plant, export, tmp_path):
    _, verdicts = assess_data(Shadow(plant, export(), None, tmp_path / "results", ASKED))
    assert exit_of(verdicts) is Exit.NOT_DECIDED


def test_the_command_ends_with_the_four_codes(export, tmp_path, capsys):
    book = tmp_path / "requirements.yaml"
    results = ["--results", str(tmp_path / "results")]
    words = ["assess", "--plant", "quadruple_tank", *results, "--requirements", str(book), "--data"]
    text = "schema: 1\nplant: quadruple_tank\nrequirements:\n  R-1: {{code: C1, text: t, formula: {}}}\n"
    book.write_text(text.format('"always (mode.LIC-201 == AI)"'))
    assert run([*words, str(export())]) is Exit.PASSED
    assert run([*words, str(export(cut(100, 150)))]) is Exit.NOT_DECIDED
    assert run([*words, str(export(setting("LT-201", 300, 310, 17.0)))]) is Exit.FAILED
    assert run([*words, str(export(setting("LT-201", 300, 310, "Bad")))]) is Exit.BAD_INPUT
    assert run(["assess"]) is Exit.BAD_INPUT
    folder = next((tmp_path / "results").glob("*/0001-*"))
    assert run(["assess", str(folder)]) is Exit.BAD_INPUT
    assert "Traceback" not in capsys.readouterr().err

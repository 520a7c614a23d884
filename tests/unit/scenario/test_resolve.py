"""Cross-checks of a whole suite: one mistake at a time, then several at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.core.errors import InputError
from simulator.core.quantity import Uniform
from simulator.scenario import catalogue
from simulator.scenario.plain import suite_data
from simulator.scenario.resolve import resolve_scenario, resolve_suite

ROOT = Path(__file__).parents[3]
PLANT, BIAS, NOMINAL = "tank/plant.yaml", "questions/bias.yaml", "questions/nominal.yaml"
BOOK, CRITERIA, SUITE = "questions/requirements.yaml", "questions/criteria.yaml", "suites/suite.yaml"


def test_a_suite_without_a_mistake_resolves(package):
    suite = resolve_suite(package.suite)
    assert list(suite.scenarios) == ["SNS-002", "CTL-001"]
    assert suite.plant.parameters == {"volume": 90.0}
    assert suite.plant.physics.owner(**suite.plant.parameters).volume == 90.0
    bias, nominal = suite.scenarios.values()
    assert (bias.variant, bias.ai.mode, nominal.variant, nominal.ai.mode) == ("rcas", "RCAS", "rout", "ROUT")
    assert (bias.replicas, nominal.replicas) == (59, 30)
    assert list(bias.formulas) == ["R-01", "R-06"] and list(nominal.formulas) == ["R-01", "R-14"]
    assert suite.findings == ()


def test_a_threats_numbers_are_in_the_units_of_what_it_strikes(package):
    package.edit(BIAS, "magnitude: {uniform: [-12 K, 12 K]}", "magnitude: {uniform: [-12000 g*K/kg, 12 K]}")
    threat = resolve_suite(package.suite).scenarios["SNS-002"].threats[0]
    assert threat.onset == Uniform(60_000.0, 300_000.0, "ms")
    assert threat.parameters == {"magnitude": Uniform(-12.0, 12.0, "K")}
    assert threat.search == {"onset": (60_000.0, 600_000.0), "magnitude": (-12.0, 12.0)}


@pytest.mark.parametrize(("ai", "unit"), [("rcas", "K"), ("rout", "%")])
def test_at_the_policy_a_threat_strikes_what_the_ai_writes_in_its_unit(package, ai, unit):
    package.edit(BIAS, "    tap: sensor\n    target: TT-1\n", "    tap: policy\n")
    package.edit(BIAS, "plant.yaml\n", f"plant.yaml\nai: {ai}\n")
    package.edit(BIAS, "    magnitude: {uniform: [-12 K, 12 K]}", f"    magnitude: 5 {unit}")
    package.edit(BIAS, ", magnitude: [-12 K, 12 K]}", "}")
    if unit == "%":
        package.edit(BIAS, ", R-06]", "]")
    scenario = resolve_suite(package.suite).scenarios["SNS-002"]
    assert scenario.threats[0].target is None
    assert scenario.threats[0].units == {"magnitude": unit}
    assert scenario.signals["threat.bias"].unit == unit


def test_the_physics_beside_its_class_is_part_of_the_input(package):
    (package.folder / "tank/helper.py").write_text("STEPS = 4\n")
    files = {path.resolve() for path in resolve_suite(package.suite).files}
    assert {(package.folder / "tank" / name).resolve() for name in ("model.py", "helper.py")} <= files


def test_signals_have_the_units_of_the_physics_and_the_states_of_the_layers(package):
    suite = resolve_suite(package.suite)
    bias, nominal = (scenario.signals for scenario in suite.scenarios.values())
    assert bias["true.heat"].unit == "kW" and bias["TT-9"].unit == "K" and bias["ZT-1"].unit == "%"
    assert bias["quality.TT-1"].states == {"GOOD": 0, "BAD": 1}
    assert bias["mode.TIC-1"].groups == {"AI": ("RCAS", "ROUT")}
    assert (bias["admitted.TIC-1"].unit, nominal["admitted.TIC-1"].unit) == ("K", "%")
    assert bias["threat.bias"].unit == "K" and "threat.bias" not in nominal
    expected = {"safe.XV-1A", "safe.XV-1", "sif.SIF-1", "alarm.TT-1.H", "alarm.shed.TIC-1", "op.TIC-1"}
    expected |= {"alarm.readback.HV-1", "move.HV-1", "bump.HV-1", "alarms.in_10_min", "operator.rearm"}
    expected |= {"ai_fault", "ai_active.TIC-1", "reason.mode", "reason.input_guard", "target.TIC-1"}
    assert expected <= bias.keys()


MISTAKES = [
    (
        BIAS,
        "target: TT-1",
        "target: TT-11",
        "'TT-11'",
        "a measurement of plant 'tank'",
        "did you mean TT-1 ?",
    ),
    (BIAS, "target: TT-1", "target: TT-9A", "'TT-9A'", "a measurement of plant 'tank'", "did you mean"),
    (BIAS, "magnitude: {uniform: [-12 K, 12 K]}", "magnitude: 5 s", "'5 s'", "a quantity in K", ""),
    (BIAS, "magnitude: {uniform: [-12 K, 12 K]}", "magnitude: 5", "5", "a quantity in K, such as 5 K", ""),
    (BIAS, "magnitude: {uniform: [-12 K, 12 K]}", "magnitude: 5 degC", "'5 degC'", "a difference in K", ""),
    (BIAS, "    magnitude: {uniform", "    gain: {uniform", "'gain'", "a known key", "(known: "),
    (BIAS, "kind: bias", "kind: bios", "'bios'", "a kind of threat", "did you mean bias ?"),
    (BIAS, "tap: sensor", "tap: senser", "'senser'", "a tap on which 'bias' acts", "did you mean sensor ?"),
    (BIAS, "tap: sensor", "tap: heartbeat", "'heartbeat'", "a tap on which 'bias' acts", "(known: "),
    (BIAS, "tap: sensor", "tap: policy", "'TT-1'", "no target: 'bias' at 'policy' has none", ""),
    (BIAS, "    target: TT-1\n", "", "nothing", "the key 'target': a measurement of plant 'tank'", ""),
    (
        BIAS,
        "onset: {uniform: [60 s, 300 s]}",
        "onset: 900 s",
        "an onset up to 900 s",
        "an onset before the end",
        "",
    ),
    (
        BIAS,
        "search: {onset: [60",
        "search: {onst: [60",
        "'onst'",
        "a key to search over",
        "did you mean onset ?",
    ),
    (BIAS, "60 s, 600 s]", "60 s, 15 min]", "'15 min'", "an onset before the end at 900 s", ""),
    (BIAS, "R-06]", "R-66]", "'R-66'", "a requirement", "did you mean R-06 ?"),
    (BIAS, "R-06]", "R-22]", "'R-22', a design check", "a requirement judged on a run", ""),
    (BIAS, "R-06]", "R-01]", "'R-01'", "each requirement once", ""),
    (BIAS, "TT-1.H:", "TT-1.HH:", "'TT-1.HH'", "an alarm of the plant", "did you mean TT-1.H ?"),
    (
        BIAS,
        "{temperature:",
        "{temprature:",
        "'temprature'",
        "a state of the physics",
        "did you mean temperature ?",
    ),
    (BIAS, "[320 K, 340 K]", "[320 cm, 340 cm]", "a distribution in 'cm'", "a quantity in K", ""),
    (NOMINAL, "ai: rout", "ai: ruot", "'ruot'", "an AI variant of plant", "did you mean rout ?"),
    (NOMINAL, "id: CTL-001", "id: SNS-002", "'SNS-002'", "an id of its own", ""),
    (
        BOOK,
        "true.temperature <",
        "true.temprature <",
        "'true.temprature'",
        "a recorded signal",
        "did you mean",
    ),
    (BOOK, "< 373 K", "< 373 s", None, None, None),
    (BOOK, "== BAD", "== BED", "'BED'", "a state of quality.TT-1", "did you mean BAD ?"),
    (
        BOOK,
        "true.temperature <",
        "TT-1 <",
        "'TT-1', which an attack can forge",
        "the truth",
        "did you mean true.t",
    ),
    (
        BOOK,
        "    code: C0\n    clause",
        "    code: C9\n    clause",
        "'C9'",
        "a code of the criteria",
        "(known: C0, C6)",
    ),
    (BOOK, "protects: SL-1", "protects: SL-2", "'SL-2'", "a safety limit", "did you mean SL-1 ?"),
    (BOOK, "without: [ai]", "without: [ia]", "'ia'", "ai", ""),
    (BOOK, "at_most: 100 %", "at_most: 100 K", "'100 K'", "", ""),
    (BOOK, "plant: tank", "plant: tunk", "'tunk'", "the plant of the suite, tank", ""),
    (CRITERIA, "C0: {plan: hazard", "C0: {plan: hasard", "'hasard'", "a plan", "did you mean hazard ?"),
    (CRITERIA, "{R-01: 10 K", "{R-07: 10 K", "'R-07'", "a requirement", "did you mean"),
    (CRITERIA, "{R-01: 10 K", "{R-01: 10 bar", "'10 bar'", "a margin in s or K", ""),
    (CRITERIA, "GO: [otherwise]", "GO: [B FAIL]", "a list", "'otherwise' as the last entry", ""),
    (CRITERIA, "confidence: 95 %", "confidence: 950 %", "'950 %'", "a share between", ""),
    (
        SUITE,
        "of: [SNS-002]",
        "of: [SNS-003]",
        "'SNS-003'",
        "a scenario of the suite",
        "did you mean SNS-002 ?",
    ),
    (
        SUITE,
        "input_guard: SNS-002",
        "imput_guard: SNS-002",
        "'imput_guard'",
        "a layer or a safety",
        "did you mean",
    ),
    (
        SUITE,
        "policy_sign: CTL-001",
        "policy_sign: CTL-009",
        "'CTL-009'",
        "a scenario of the suite",
        "did you",
    ),
    (SUITE, "[R-22]", "[R-01]", "'R-01'", "a requirement that is a design check", "(known: R-22)"),
    (SUITE, "HUM-001:", "HUM-0001:", "'HUM-0001'", "a scenario of the catalogue", "did you mean HUM-001 ?"),
    (SUITE, '"19.1"', '"19.10"', "'19.10'", "a shipped version", "did you mean 19.1 ?"),
    (SUITE, "wall: 150 s", "wall: 150 ms", "'150 ms'", "at least 1 s", ""),
    (
        SUITE,
        "questions/bias.yaml",
        "questions/bais.yaml",
        "'../questions/bais.yaml'",
        "a scenario file",
        "did you",
    ),
    (SUITE, "questions/criteria.yaml", "questions/no.yaml", "'../questions/no.yaml'", "a criteria file", ""),
    (SUITE, "plant: ../tank/plant.yaml", "plant: tnk", "'tnk'", "an installed plant", "(known: "),
    (
        PLANT,
        "quantity: level",
        "quantity: levl",
        "'levl'",
        "a quantity of the physics",
        "did you mean level ?",
    ),
    (PLANT, "noise: 0.1 cm", "noise: 0.1 K", "'0.1 K'", "a quantity in cm", ""),
    (PLANT, "noise: 0.1 cm", "noise: -1 cm", "'-1 cm'", "at least zero", ""),
    (PLANT, "H: 350 K}", "H: 390 K}", "'390 K'", "a value from 280 to 380 K", ""),
    (PLANT, "H: 350 K}", "H: 299 K}", "'299 K'", "more than the alarm below it", ""),
    (PLANT, "wired_to: [SIF-1]", "wired_to: [SIF-2]", "'SIF-2'", "a safety function", "did you mean SIF-1 ?"),
    (PLANT, "vote: 1oo2", "vote: 2oo3", "'2oo3'", "a vote of 2 sensors", ""),
    (
        PLANT,
        "[XV-1A, XV-1B]",
        "[XV-1A, XV-1C]",
        "'XV-1C'",
        "a final element with a safe",
        "did you mean XV-1",
    ),
    (PLANT, "[XV-1A, XV-1B]", "[XV-1A, HV-1]", "'HV-1'", "a final element with a safe", ""),
    (PLANT, "trip_point: 360 K", "trip_point: 365 K", "'365 K'", "a trip point of SIF-1", "(known: 360 K)"),
    (PLANT, "pv: TT-1\n    sp", "pv: TT-3\n    sp", "'TT-3'", "a tag", "did you mean"),
    (PLANT, "op: HV-1", "op: XV-1A", "'XV-1A'", "a control valve", "did you mean HV-1 ?"),
    (PLANT, "outputs: {TIC-1: {centre: 330", "outputs: {TIC-2: {centre: 330", "'TIC-2'", "a loop", "did you"),
    (PLANT, "scale: 2 K}}", "scale: 2 cm}}", "'2 cm'", "a quantity in K", ""),
    (
        PLANT,
        "outputs: {TIC-1: {centre: 50 %",
        "outputs: {TIC-1: {centre: 50 K",
        "'50 K'",
        "a quantity in %",
        "",
    ),
    (
        PLANT,
        "    mode: RCAS\n",
        "    mode: RCAS\n    loop: TIC-1\n",
        "the key 'loop'",
        "a known key",
        "(known: ",
    ),
    (PLANT, "gain: 2 %/K", "gain: 2 %/cm", "'2 %/cm'", "a quantity in %/K", ""),
    (PLANT, "rate: 0.1 K/s}", "rate: 0.1 K}", "'0.1 K'", "a quantity in K/s", ""),
    (PLANT, "range: [290 K,", "range: [270 K,", "'270 K'", "a value from 280 to 380 K", ""),
    (PLANT, "with: TT-9", "with: LT-2", "'LT-2'", "a tag in K", ""),
    (
        PLANT,
        "drives: heater",
        "drives: heeter",
        "'heeter'",
        "an input of the physics",
        "did you mean heater ?",
    ),
    (PLANT, "input: room", "input: rooom", "'rooom'", "an input of the physics", "did you mean room ?"),
    (PLANT, "by: 20 K", "by: 20", "20", "a quantity in K, such as 20 K", ""),
    (PLANT, "ai: 1 s, sif", "ai: 1.1 s, sif", "'1.1 s'", "a multiple of the base tick (200 ms)", ""),
    (PLANT, "{volume: 90 L}", "{volume: -90 L}", "'-90 L'", "above 0 L", ""),
    (
        PLANT,
        "{volume: 90 L}",
        "{volum: 90 L}",
        "'volum'",
        "a parameter of the physics",
        "did you mean volume ?",
    ),
    (PLANT, "./model.py:Tank", "./model.py:Tenk", "'Tenk'", "a class of ./model.py", "(known: "),
    (PLANT, "./model.py:Tank", "./nodel.py:Tank", "'nodel.py'", "a file beside the plant file", ""),
    (PLANT, "./model.py:Tank", "no_such_module_here:Tank", "'no_such_module_here'", "a Python module", ""),
    (
        PLANT,
        "of: true.temperature",
        "of: true.tmperature",
        "'true.tmperature'",
        "a quantity that is rec",
        "did you",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "got", "wanted", "hint"), MISTAKES)
def test_a_mistake_is_told_at_its_line_with_what_was_wanted(package, name, old, new, got, wanted, hint):
    package.edit(name, old, new)
    first = package.problems()[0]
    at = package.folder / name
    assert Path(first.file).resolve() == at
    assert first.line and first.source == at.read_text(encoding="utf-8").splitlines()[first.line - 1]
    assert first.column + first.width - 1 <= len(first.source)
    if got is not None:
        assert first.got == got and first.wanted.startswith(wanted) and first.hint.startswith(hint)


def test_a_formulas_mistake_is_underlined_inside_the_formula(package):
    package.edit(BOOK, "true.temperature <", "true.temprature <")
    problem = package.problem()
    assert problem.source[problem.column - 1 :][: problem.width] == "true.temprature"
    assert "(in scenario SNS-002)" in problem.wanted


def test_a_policy_that_is_not_there_is_told_for_each_variant(package):
    (package.folder / "tank/policy.onnx").unlink()
    assert [(p.where, p.got) for p in package.problems()] == [
        ("ai.rcas.model", "'policy.onnx'"),
        ("ai.rout.model", "'policy.onnx'"),
    ]


def test_several_mistakes_in_several_files_are_told_at_once(package):
    package.edit(BIAS, "target: TT-1", "target: TT-7")
    package.edit(PLANT, "gain: 2 %/K", "gain: 2 K")
    package.edit(CRITERIA, "class: B}}", "class: B}, C7: {plan: none, class: B}}")
    package.edit(SUITE, "of: [SNS-002]", "of: [X-1]")
    problems = package.problems()
    assert {Path(p.file).name: p.line for p in problems} == {
        "bias.yaml": package.line(BIAS, "TT-7"),
        "plant.yaml": package.line(PLANT, "gain: 2 K"),
        "criteria.yaml": package.line(CRITERIA, "C7"),
        "suite.yaml": package.line(SUITE, "X-1"),
    }
    assert str(InputError(*problems)).count("^") >= 4


def test_stages_end_one_after_the_other(package):
    """Text first, then shapes, then cross-checks: a later stage would only repeat the earlier."""
    package.edit(BIAS, "target: TT-1", "target: TT-7")
    package.edit(NOMINAL, "duration: 1 h", "duration: 1")
    package.edit(CRITERIA, "confidence: 95 %", "confidence: .nan")
    package.edit(BOOK, "schema: 1", "schema: 1\nschema: 1")
    assert {Path(p.file).name for p in package.problems()} == {"criteria.yaml", "requirements.yaml"}
    package.edit(CRITERIA, "confidence: .nan", "confidence: 95 %")
    package.edit(BOOK, "schema: 1\nschema: 1", "schema: 1")
    assert package.problem().where == "duration"
    package.edit(NOMINAL, "duration: 1\n", "duration: 1 h\n")
    assert package.problem().where == "threats[0].target"


def test_a_folder_means_every_scenario_in_it(package):
    package.edit(SUITE, "  - ../questions/bias.yaml\n  - ../questions/nominal.yaml\n", "  - ../questions\n")
    assert list(resolve_suite(package.suite).scenarios) == ["SNS-002", "CTL-001"]


SAFETY_INPUT = "inputs: [{tag: TT-9A, centre: 330 K, scale: 2 K}]"


def test_an_ai_input_from_a_safety_sensor_is_allowed_and_found(package):
    package.edit(PLANT, "inputs: [{tag: TT-1, centre: 330 K, scale: 2 K}]", SAFETY_INPUT)
    (finding,) = resolve_suite(package.suite).findings
    assert "TT-9A, a sensor of SIF-1: not independent" in finding


def test_a_scenario_the_catalogue_does_not_know_is_allowed_and_found(package):
    package.edit(BIAS, "id: SNS-002", "id: OWN-001")
    text = package.suite.read_text(encoding="utf-8").replace("SNS-002", "OWN-001")
    package.suite.write_text(text, encoding="utf-8")
    suite = resolve_suite(package.suite)
    assert suite.scenarios["OWN-001"].row is None
    assert "OWN-001 is no row of the catalogue" in suite.findings[0]


def test_a_scenario_resolves_by_itself(package):
    paths = (package.folder / name for name in (BIAS, BOOK, CRITERIA))
    assert resolve_scenario(*paths).id == "SNS-002"


def test_physics_that_cannot_be_imported_are_a_mistake_of_the_input(package):
    package.edit("tank/model.py", "from dataclasses import dataclass", "import no_such_module_here")
    assert (
        package.problem().got == "'model.py' with ModuleNotFoundError: No module named 'no_such_module_here'"
    )


def test_the_plain_data_survive_json_and_name_every_signal(package):
    suite = resolve_suite(package.suite)
    data = json.loads(json.dumps(suite_data(suite)))
    assert data == suite_data(suite)
    bias = data["scenarios"]["SNS-002"]
    assert bias["signals"]["true.temperature"] == {"unit": "K", "states": {}, "groups": {}}
    assert bias["signals"]["mode.TIC-1"]["groups"] == {"AI": ["RCAS", "ROUT"]}
    assert bias["threats"][0]["onset"] == {"uniform": ["60000 ms", "300000 ms"]}
    plant = data["plants"]["../tank/plant.yaml"]
    assert plant["safety_limits"]["SL-1"]["below"] == "373 K"
    assert plant["tags"]["TT-9"]["kind"] == "copy"
    assert data["requirements"]["R-20"]["compare"]["at_most"] == "100 %"
    assert data["criteria"]["codes"]["C0"] == {"plan": "hazard", "class": "A"}
    assert set(plant["policies"]) == set(plant["ai"])


def test_the_plain_data_carry_the_mode_table_in_words(package):
    found = suite_data(resolve_suite(package.suite))["mode_table"]
    assert found["STALE"] == {"after": {"MAN": "MAN", "AUTO": "AUTO", "RCAS": "AUTO", "ROUT": "AUTO"},
                              "start": "bumpless"}  # fmt: skip
    assert found["OUTPUT"]["start"] == "last good"
    assert found["REARM"]["after"]["AUTO"] == "AI"


def test_the_demands_of_iec_62443_are_of_techniques_that_exist():
    found = catalogue.iec_62443()
    assert found.keys() <= catalogue.attack_ics("18.1").keys()
    assert found["T0800"] == ("SR 1.1", "SR 1.2", "SR 2.1", "SR 3.1", "SR 5.1")
    assert found["T0801"] == ()


def test_every_technique_of_the_catalogue_exists_in_the_shipped_lists():
    for row in catalogue.rows().values():
        for version in catalogue.ATTACK_ICS:
            assert set(row.attack_ics[version]) <= catalogue.attack_ics(version).keys(), row.id
        assert set(row.atlas) <= catalogue.atlas(catalogue.ATLAS[0]).keys(), row.id
    assert len(catalogue.rows()) == 153
    assert catalogue.rows()["MBX-001"].attack_ics == {
        "18.1": ("T0855", "T0848"),
        "19.1": ("T1692.001", "T0848"),
    }


def test_the_shipped_suite_resolves():
    suite = resolve_suite(ROOT / "scenarios/suites/cstr_predeployment.yaml")
    assert suite.findings == ()
    assert all(scenario.row for scenario in suite.scenarios.values())

"""A question at chosen points: the same as when they were drawn, and again from the file that is written."""

from __future__ import annotations

import numpy as np
import pytest
from questions import SCENARIOS, asked, shop

from simulator.assess.measure import measure
from simulator.campaign.experiment import Experiment
from simulator.campaign.jobs import MAIN, Job
from simulator.core.seeds import uniforms_of
from simulator.scenario.written import written


@pytest.mark.parametrize("file", ["mdl_008_confident_wrong_sign", "saf_010_recoverable_region"])
def test_at_the_numbers_that_would_be_drawn_it_is_what_is_drawn(file, tmp_path):
    work = shop(tmp_path, SCENARIOS / "cstr" / f"{file}.yaml")
    name = next(iter(work.suite.scenarios))
    one = Experiment(work, name, duration=300_000)
    numbers = np.array([4, 0, 2])
    seed = one.case(np.zeros((1, len(one.space))), [0]).stream_seed
    drawn = np.stack([uniforms_of(seed, axis.draw, numbers) for axis in one.space.axes], axis=1)
    main = work.traces(Job(name, MAIN, 0, 5, 300_000))
    found = one.traces(drawn, numbers)
    for signal in one.signals:
        np.testing.assert_array_equal(found.samples(signal), main.samples(signal)[:, numbers])


def test_searched_ranges_take_the_place_of_what_is_drawn(tmp_path):
    space = asked(tmp_path).space
    assert [axis.name for axis in space.axes] == [
        "heat.onset", "heat.levels.0", "heat.levels.1", "heat.levels.2", "lie.levels.2",
    ]  # fmt: skip
    ends = space.values(np.array([[0.0] * 5, [1.0] * 5]))
    assert ends["heat.levels.1"].tolist() == [330.0, 370.0]
    assert ends["heat.onset"].tolist() == [5000.0, 10000.0]


def test_a_course_holds_each_level_for_its_piece_and_the_last_one_to_the_end(tmp_path):
    one = asked(tmp_path)
    traces = one.shop.traces(Job("ADV-011", MAIN, 0, 1, 60_000), everything=True)
    case = one.shop.case(Job("ADV-011", MAIN, 0, 1, 60_000))
    onset = int(case.draws.ticks("threat/heat/onset", one.question.threats[0].onset, 200)[0]) // 200
    feed = (
        traces.samples("process.feed_temperature")[:, 0]
        if "process.feed_temperature" in traces.data
        else None
    )
    active = traces.samples("threat.heat")[:, 0] > 0
    assert active.tolist() == [k >= onset for k in range(300)]
    assert feed is None or feed[onset + 50 : onset + 100].tolist() == [350.0] * 50


def test_the_scenario_at_a_point_is_a_file_that_repeats_it_bit_for_bit(tmp_path):
    one = asked(tmp_path)
    points = np.random.Generator(np.random.Philox(key=3)).random((3, len(one.space)))
    found = one.traces(points, [0, 0, 7])
    file = tmp_path / "found.yaml"
    file.write_text(
        written(one.space.at(points[2], "ADV-011.CEX", "Does it hold?", 7), ("found by a search",))
    )
    again = shop(tmp_path, file)
    question = again.suite.scenarios["ADV-011.CEX"]
    assert question.row is not None  # techniques are those of the question it comes from
    traces = again.traces(Job("ADV-011.CEX", MAIN, 0, 2, question.duration))
    for signal in one.signals:
        np.testing.assert_array_equal(traces.samples(signal)[:, 0], found.samples(signal)[:, 2])
    assert (
        traces.samples("true.reactor_temperature")[:, 1] != found.samples("true.reactor_temperature")[:, 2]
    ).any()


def test_a_point_does_not_depend_on_its_neighbours(tmp_path):
    one = asked(tmp_path)
    points = np.random.Generator(np.random.Philox(key=4)).random((4, len(one.space)))
    together, alone = one.run(points, [0] * 4), one.run(points[3:], [0])
    assert together["R-01.margin"][3] == alone["R-01.margin"][0]
    assert set(one.run(points, [0] * 4)) - {"noise"} == set(
        measure(one.traces(points, [0] * 4), one.sticks, 0)
    ) - {"digest", "replica"}


def test_what_is_removed_is_gone(tmp_path):
    work = shop(tmp_path, SCENARIOS / "cstr" / "saf_001_all_control_lost.yaml")
    whole = Experiment(work, "SAF-001", requirements=("R-01",))
    points = np.full((1, len(whole.space)), 0.5)
    bare = Experiment(work, "SAF-001", requirements=("R-01",), removed=("SIF-101", "SIF-102"))
    assert whole.run(points, [0])["held"][0] == "SIF"
    assert bare.run(points, [0])["held"][0] == "UNSAFE"


def test_scenarios_of_the_library_are_written_as_they_are_read(tmp_path):
    for file in sorted((SCENARIOS / "cstr").glob("*_*.yaml")):
        if file.name.startswith("requirements"):
            continue
        spec = next(iter(shop(tmp_path, file).suite.scenarios.values())).spec
        copy = tmp_path / file.name
        copy.write_text(written(spec))
        assert next(iter(shop(tmp_path, copy).suite.scenarios.values())).spec == spec

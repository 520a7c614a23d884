"""A suite's plant-year: what is refused, with place and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.core.errors import InputError
from simulator.scenario.resolve import resolve_suite

SUITES = Path(__file__).resolve().parents[3] / "scenarios" / "suites"
TEXT = (SUITES / "cstr_demand.yaml").read_text().replace("../cstr", (SUITES.parent / "cstr").as_posix())


def refused(tmp_path, old, new):
    """What is said of the shipped suite with one text in place of another."""
    assert old in TEXT
    suite = tmp_path / "suite.yaml"
    suite.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        resolve_suite(suite)
    assert all(problem.line > 0 for problem in caught.value.problems)
    return "\n".join(f"{p.where}: got {p.got}, wanted {p.wanted}" for p in caught.value.problems)


def test_the_shipped_year_is_whole():
    year = resolve_suite(SUITES / "cstr_demand.yaml").spec.year
    assert year is not None
    assert sum(year.quiet.values()) == pytest.approx(1.0)
    assert sum(event.frequency for event in year.events) == pytest.approx(0.88)
    assert "PLACEHOLDER" in year.source


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("DEM-LOAD: 8 %", "DEM-LOAD: 7 %", "year.quiet: got 99 %, wanted shares that are 100 % together"),
        ("0.05 /yr", "0.05", "year.events[0].frequency: got 0.05, wanted how often in a year"),
        ("0.05 /yr", "0 /yr", "got '0 /yr', wanted how often in a year"),
        ("of: DEM-IE-1,", "of: DEM-IE-11,", "got 'DEM-IE-11', wanted a scenario of the suite"),
        ("of: DEM-IE-1,", "of: DEM-RUN,", "wanted a question in which something happens"),
        ("of: DEM-IE-1,", "of: DEM-IE-6,", "got 'DEM-IE-6', wanted each question once"),
        ("DEM-LOAD: 8 %", "DEM-IE-11: 8 %", "got 'DEM-IE-11', wanted a scenario of the suite"),
    ],
)
def test_what_is_wrong_with_a_year_is_told_with_its_place(old, new, told, tmp_path):
    assert told in refused(tmp_path, old, new)


def test_an_event_is_no_quiet_time(tmp_path):
    text = TEXT.replace("DEM-LOAD: 8 %", "DEM-IE-8: 8 %").replace(
        "    - {of: DEM-IE-8, event: control valve sticks, frequency: 0.03 /yr}\n", ""
    )
    (tmp_path / "suite.yaml").write_text(text)
    with pytest.raises(InputError, match="a question without threats: quiet time"):
        resolve_suite(tmp_path / "suite.yaml")

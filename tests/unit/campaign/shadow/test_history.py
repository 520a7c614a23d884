"""Tables of recorded values: understood in the plant's units, or refused with every mistake and its place."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.campaign.shadow.history import history
from simulator.campaign.shadow.table import read
from simulator.core.errors import InputError
from simulator.core.states import SIF
from simulator.core.traces import Signal

SIGNALS = {"TT-1": Signal("TT-1", "K"), "FT-2": Signal("FT-2", "L/min"), "sif.S": Signal("sif.S", states=SIF)}


def understood(tmp_path, text, needed=("TT-1",), name="history.csv"):
    path = tmp_path / name
    path.write_text(text)
    return history(read(path), SIGNALS, frozenset(needed))


def refused(tmp_path, text, needed=("TT-1",)):
    with pytest.raises(InputError) as caught:
        understood(tmp_path, text, needed)
    return [(p.line, p.column, f"{p.got}, wanted {p.wanted}") for p in caught.value.problems]


def test_values_come_in_the_units_of_the_plant(tmp_path):
    found = understood(tmp_path, "time [min],TT-1 [degC],sif.S\n0,76.85,NORMAL\n1,77.85,tripped\n")
    assert found.series["TT-1"].values.tolist() == pytest.approx([350.0, 351.0])
    assert found.series["TT-1"].times.tolist() == [0, 60_000]
    assert found.series["sif.S"].values.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("2026-03-01T06:00:00Z", "2026-03-01T07:00:01.5+01:00", 1500),
        ("2026-03-01 06:00:00", "2026-03-01 06:00:10", 10_000),
    ],
)
def test_stamps_are_told_apart_to_the_millisecond(tmp_path, first, second, apart):
    found = understood(tmp_path, f"time,TT-1 [K]\n{first},350\n{second},351\n")
    assert found.length == apart
    assert found.start == first


def test_an_empty_cell_is_no_sample_and_nan_is_a_bad_one(tmp_path):
    found = understood(tmp_path, "time [s],TT-1 [K],FT-2 [L/min]\n0,350,1\n1,,2\n2,NaN,3\n")
    assert found.series["TT-1"].times.tolist() == [0, 2000]
    assert np.isnan(found.series["TT-1"].values[1])


def test_semicolons_are_understood_where_no_comma_stands(tmp_path):
    assert understood(tmp_path, "time [s];TT-1 [K]\n0;350\n1;351\n").series["TT-1"].values.tolist() == [
        350,
        351,
    ]


def test_columns_that_the_plant_does_not_have_are_told_and_left(tmp_path):
    assert understood(tmp_path, "time [s],TT-1 [K],PT-9 [bar]\n0,350,1\n1,351,1\n").ignored == ("PT-9",)


def test_every_mistake_is_told_at_once_with_line_and_column(tmp_path):
    text = "time [s],TT-1 [bar],FT-2\n0,350,1\n1,oops,2\n1,351,Bad\n0.5,352,3\n"
    found = refused(tmp_path, text, ("TT-1", "sif.S"))
    assert [(line, column) for line, column, _ in found] == [
        (1, 10), (1, 21), (1, 1), (4, 1), (5, 1), (3, 3), (4, 7),
    ]  # fmt: skip
    said = "\n".join(told for _, _, told in found)
    for part in (
        "the unit 'bar'",
        "a column without a unit",
        "'sif.S'",
        "as the row before",
        "before the row above",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("time [s],TT-1 [K]\n0,350\n1,3S1\n", (3, 3)),
        ('time [s],TT-1 [K]\n0,350\n1,"351,5"\n', (3, 3)),
        ("time,TT-1 [K]\nyesterday,350\n", (2, 1)),
        ("time [s],TT-1 [K],sif.S\n0,350,MAYBE\n", (2, 7)),
        ("time [s],TT-1 [K],TT-1 [K]\n0,350,350\n", (1, 19)),
        ("time,TT-1 [K]\n2026-03-01T06:00:00Z,350\n2026-03-01T06:00:01,350\n", (2, 1)),
        ("TT-1 [K]\n350\n", (1, 1)),
        ("time [s],TT-1 [K]\n0,350,7\n", (2, 1)),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path, text, wanted):
    assert refused(tmp_path, text)[0][:2] == wanted


@pytest.mark.parametrize("text", ["", "\n\n", "time [s],TT-1 [K]\n"])
def test_an_empty_file_is_refused(tmp_path, text):
    assert refused(tmp_path, text)


def test_many_mistakes_are_counted_not_listed(tmp_path):
    rows = "\n".join(f"{k},bad" for k in range(100))
    found = refused(tmp_path, f"time [s],TT-1 [K]\n{rows}\n")
    assert len(found) == 41
    assert "60 more mistakes" in found[-1][2]


@pytest.mark.parametrize("name", ["history.xlsx", "history"])
def test_another_kind_of_file_is_refused_by_its_ending(tmp_path, name):
    with pytest.raises(InputError, match=r"\.csv or \.parquet"):
        understood(tmp_path, "time [s]\n", name=name)


def test_parquet_is_read_as_csv_is(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {"time [s]": [0.0, 1.0, 2.0], "TT-1 [degC]": [76.85, None, 77.85], "sif.S": ["NORMAL"] * 3}
    path = tmp_path / "history.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    found = history(read(path), SIGNALS, frozenset(["TT-1"]))
    assert found.series["TT-1"].times.tolist() == [0, 2000]
    assert found.series["TT-1"].values.tolist() == pytest.approx([350.0, 351.0])


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match="no Parquet file"):
        understood(tmp_path, "PAR1 but not really", name="history.parquet")

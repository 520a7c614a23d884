"""Files of a run: whole or absent, never overwritten, read back bit for bit."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest

from simulator.core.errors import InputError
from simulator.core.traces import ArrayTraces, Signal, catalogue, flag
from simulator.record.layout import Layout, create
from simulator.record.reader import changed, get_json, kept_traces, opened, rows, trace, why_kept
from simulator.record.writer import copy_inputs, put, put_json, put_manifest, put_rows, put_trace

SIGNALS = catalogue([Signal("true.level", "cm"), flag("sif.SIF-1")])


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    path = tmp_path / "deep" / "a.json"
    put(path, b"one")
    with pytest.raises(FileExistsError):
        put(path, b"two")
    assert path.read_bytes() == b"one"
    put(path, b"three", replace=True)
    assert path.read_bytes() == b"three"


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(tmp_path / "a.json", b"one")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_replacement_keeps_the_old_file(tmp_path, monkeypatch):
    put(tmp_path / "a.json", b"one")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(tmp_path / "a.json", b"two", replace=True)
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_bytes() == b"one"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_json_refuses_what_is_no_number(tmp_path, number):
    with pytest.raises(ValueError):
        put_json(tmp_path / "a.json", {"margin": [1.0, number]})
    assert list(tmp_path.iterdir()) == []


def test_json_keeps_keys_in_order_and_numbers_bit_for_bit(tmp_path):
    data = {"z": 0.1 + 0.2, "a": 5e-324, "µ": "°C", "n": None, "big": 2**62}
    put_json(tmp_path / "a.json", data)
    found = get_json(tmp_path / "a.json")
    assert list(found.items()) == list(data.items())


def test_an_absent_json_file_is_none_and_a_damaged_one_is_refused(tmp_path):
    assert get_json(tmp_path / "none.json") is None
    (tmp_path / "bad.json").write_text('{"a": 1')
    with pytest.raises(InputError):
        get_json(tmp_path / "bad.json")


ODD = [0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan, 1 / 3]


def test_rows_read_back_bit_for_bit(tmp_path):
    layout = Layout(tmp_path)
    wide = np.array(ODD)
    narrow = np.array([0.1, -0.0, 1e-45, 3.4e38, math.inf, -math.inf, math.nan, 1 / 3], np.float32)
    columns = {
        "replica": np.arange(8), "digest": np.array([f"{k:064x}" for k in range(8)]),
        "held": np.array(["no demand", "SIF"] * 4), "R-01.margin": wide, "peak.SL-1": narrow,
        "R-01.truth": np.array([1, 0, -1, 1, 1, 1, 1, 1], np.int8),
    }  # fmt: skip
    put_rows(layout.rows("S", "main", 0), columns)
    found = rows(layout, "S", "main")
    assert list(found) == list(columns)
    assert found["R-01.margin"].tobytes() == wide.tobytes()
    assert found["peak.SL-1"].astype(np.float32).tobytes() == narrow.tobytes()
    assert found["digest"].tolist() == columns["digest"].tolist()
    assert found["held"].tolist() == columns["held"].tolist()
    assert found["R-01.truth"].tolist() == [1, 0, -1, 1, 1, 1, 1, 1]


def block(first, n=3):
    return {"replica": np.arange(first, first + n), "x": np.arange(first, first + n) * 1.5}


def test_blocks_are_joined_in_the_order_of_replicas(tmp_path):
    layout = Layout(tmp_path)
    for first in (999_999, 6, 0, 1_000_002, 3):
        put_rows(layout.rows("S", "main", first), block(first))
    found = rows(layout, "S", "main")["replica"].astype(int).tolist()
    assert found == [*range(9), *range(999_999, 1_000_005)]


def test_rows_of_another_variant_or_scenario_are_not_mixed_in(tmp_path):
    layout = Layout(tmp_path)
    put_rows(layout.rows("S", "main", 0), block(0))
    put_rows(layout.rows("S", "without-ai", 0), block(10))
    put_rows(layout.rows("S", "without-ai-threats", 0), block(20))
    put_rows(layout.rows("T", "main", 0), block(30))
    assert rows(layout, "S", "main")["replica"].tolist() == [0, 1, 2]
    assert rows(layout, "S", "without-ai")["replica"].tolist() == [10, 11, 12]
    assert rows(layout, "S", "without-ai-threats")["replica"].tolist() == [20, 21, 22]


def test_rows_that_were_not_written_are_none(tmp_path):
    assert rows(Layout(tmp_path), "S", "main") == {}


def record(n=3):
    level = np.array([[1.0, math.nan, math.inf], [2.0, -0.0, 1e-45], [0.1, 3.0, -math.inf]], np.float32)
    trip = np.zeros((3, n), np.float32)
    trip[2, 1] = 1.0
    return ArrayTraces(200, SIGNALS, {"true.level": level, "sif.SIF-1": trip}, np.array([True, False, True]))


@pytest.mark.parametrize("k", range(3))
def test_a_trace_reads_back_bit_for_bit(tmp_path, k):
    layout, traces = Layout(tmp_path), record()
    put_trace(layout.trace("S", 40 + k), traces, k, "worst")
    found = trace(layout, "S", 40 + k, SIGNALS)
    assert found.period == 200
    assert found.complete.tolist() == [k != 1]
    assert dict(found.signals) == SIGNALS
    for name, samples in traces.data.items():
        assert found.data[name].dtype == np.float32
        assert found.data[name].tobytes() == np.ascontiguousarray(samples[:, k : k + 1]).tobytes()
    assert why_kept(layout, "S", 40 + k) == "worst"
    assert kept_traces(layout, "S") == (40 + k,)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_damaged_or_absent_trace_is_refused(tmp_path):
    layout = Layout(tmp_path)
    with pytest.raises(InputError):
        trace(layout, "S", 0, SIGNALS)
    put_trace(layout.trace("S", 0), record(), 0, "random")
    path = layout.trace("S", 0)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError):
        trace(layout, "S", 0, SIGNALS)


def test_no_trace_is_kept_of_a_scenario_that_has_none(tmp_path):
    assert kept_traces(Layout(tmp_path), "S") == ()


def test_the_manifest_has_the_digest_of_every_file_but_itself(tmp_path):
    layout = Layout(tmp_path)
    put_json(layout.start, {"seed": 1})
    put(layout.root / "rows" / "S" / "main-000000.csv", b"replica\n0\n")
    put(layout.root / "rows" / "S" / "x.csv.partial", b"torn")
    put_manifest(layout)
    found = get_json(layout.manifest)["sha256"]
    assert found == {
        "rows/S/main-000000.csv": hashlib.sha256(b"replica\n0\n").hexdigest(),
        "start.json": hashlib.sha256(layout.start.read_bytes()).hexdigest(),
    }


def test_the_manifest_notices_a_changed_file(tmp_path):
    layout = Layout(tmp_path)
    put_json(layout.start, {"seed": 1})
    put(layout.root / "rows" / "S" / "main-000000.csv", b"replica\n0\n")
    put_manifest(layout)
    assert changed(layout) == []
    put_json(layout.start, {"seed": 2}, replace=True)
    (layout.root / "rows" / "S" / "main-000000.csv").unlink()
    (layout.root / "added.txt").write_text("new")
    assert changed(layout) == ["added.txt", "rows/S/main-000000.csv", "start.json"]


def test_a_manifest_is_written_once_and_never_again(tmp_path):
    """Else who edits a row writes the manifest anew, and nothing shows."""
    layout = Layout(tmp_path)
    put_json(layout.start, {"seed": 1})
    put_manifest(layout)
    before = layout.manifest.read_bytes()
    put_json(layout.start, {"seed": 2}, replace=True)
    with pytest.raises(FileExistsError):
        put_manifest(layout)
    assert layout.manifest.read_bytes() == before
    assert changed(layout) == ["start.json"]


def test_a_finished_folder_without_its_manifest_is_altered_and_an_unfinished_one_is_not(tmp_path):
    layout = Layout(tmp_path)
    put_json(layout.start, {"seed": 1})
    assert changed(layout) == []
    put_json(layout.stop, {})
    assert changed(layout) == ["manifest.json"]


def test_what_is_made_from_the_others_may_be_made_again(tmp_path):
    layout = Layout(tmp_path)
    put_json(layout.start, {"seed": 1})
    put_manifest(layout)
    put_json(layout.verdicts, {"finding": "VOID"})
    put(layout.report, b"<html>")
    put(layout.root / "figures" / "one.svg", b"<svg>")
    assert changed(layout) == []
    put(layout.root / "rows" / "figures" / "one.svg", b"<svg>")
    assert changed(layout) == ["rows/figures/one.svg"]


@pytest.mark.parametrize("row", ["0,one", "0,", "0", "zero,1.0", "0,1.0,2.0"])
def test_a_damaged_cell_is_an_input_error_with_its_file(tmp_path, row):
    layout = Layout(tmp_path)
    put(layout.rows("S", "main", 0), f"replica,x\n{row}\n".encode())
    with pytest.raises(InputError, match=r"main-000000\.csv"):
        rows(layout, "S", "main")


def test_inputs_of_one_name_in_folders_of_one_name_are_kept_apart(tmp_path):
    files = [tmp_path / place / "cstr" / "plant.yaml" for place in ("a", "b", "c")]
    for k, file in enumerate(files):
        file.parent.mkdir(parents=True)
        file.write_text(f"# {k}")
    layout = Layout(tmp_path / "run")
    digests = copy_inputs(layout, files)
    assert sorted(path.read_text() for path in layout.inputs.iterdir()) == ["# 0", "# 1", "# 2"]
    assert sorted(digests.values()) == sorted(hashlib.sha256(f.read_bytes()).hexdigest() for f in files)


def test_inputs_are_copied_verbatim_and_two_files_of_one_name_are_kept_apart(tmp_path):
    files = []
    for plant in ("fast", "slow"):
        (tmp_path / plant).mkdir()
        files.append(tmp_path / plant / "plant.yaml")
        files[-1].write_bytes(f"# {plant}\r\n".encode())
    layout = Layout(tmp_path / "run")
    digests = copy_inputs(layout, files)
    assert digests == {
        f"{f.parent.name}__plant.yaml": hashlib.sha256(f.read_bytes()).hexdigest() for f in files
    }
    assert sorted(p.read_bytes() for p in layout.inputs.iterdir()) == sorted(f.read_bytes() for f in files)


def test_folders_are_numbered_one_after_the_other(tmp_path):
    roots = [create(tmp_path, "suite", digest).root for digest in ("a" * 16, "b" * 16, "a" * 16)]
    assert [root.name for root in roots] == ["0001-aaaaaaaa", "0002-bbbbbbbb", "0003-aaaaaaaa"]
    (tmp_path / "suite" / "0041-cccccccc").mkdir()
    (tmp_path / "suite" / "notes").mkdir()
    assert create(tmp_path, "suite", "d" * 16).root.name == "0042-dddddddd"


def test_a_results_folder_that_cannot_be_made_is_an_input_error(tmp_path):
    (tmp_path / "suite").write_text("a file")
    with pytest.raises(InputError):
        create(tmp_path, "suite", "a" * 16)


def test_a_folder_that_is_no_result_is_refused(tmp_path):
    with pytest.raises(InputError):
        opened(tmp_path)
    with pytest.raises(InputError):
        opened(tmp_path / "none")
    for half in (Layout(tmp_path).start, Layout(tmp_path).resolved):
        put_json(half, {})
        if half == Layout(tmp_path).start:
            with pytest.raises(InputError, match=r"resolved\.json"):
                opened(tmp_path)
    assert opened(tmp_path).root == tmp_path

"""Files that would harm: each refused by name, with exit code 2 and without a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.cli import run
from simulator.control.ai.reader import parse
from simulator.control.ai.wire import Broken
from simulator.core.verdict import Exit

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "policies" / "hostile"
REFUSED = {
    "float64": "type tensor(double), wanted float32",
    "rank_1": "an input of 1 dimensions",
    "batch_of_8": "shape [8, 10]",
    "two_inputs": "2 inputs and 1 outputs",
    "no_initialiser": "'w', an input of MatMul that nothing makes",
    "custom_operator": "the operator 'MagicControl' of the domain 'acme.control'",
    "random": "'RandomNormalLike', whose answers are random",
    "outside_up": "hostname', outside its folder",
    "outside_absolute": "'/etc/hostname', outside its folder",
    "outside_missing": "'not_there.bin', which is not there",
    "outside_folder": "'.', which is no file",
    "claims_terabytes": "'w' of shape 1000000 x 1000000",
    "claims_negative": "'w' of shape -1 x 10",
    "claims_more_than_held": "claims 10 elements and holds 4",
    "asks_for_terabytes": "a request for more than 1 GB of memory",
    "asks_for_gigabytes": "a request for more than 1 GB of memory",
    "loop_endless": "a Loop without a fixed number of turns",
    "loop_huge": "a Loop of 4611686018427387904 turns",
    "nested": "messages nested deeper than 64",
}


def refused(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said of a file that is refused."""
    assert run(["policy", "inspect", str(path)]) is Exit.BAD_INPUT
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert str(path) in told
    return told


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_by_name(name, capsys):
    assert REFUSED[name] in refused(FOLDER / f"{name}.onnx", capsys)


def test_what_the_hostile_files_spoil_is_sound(capsys):
    assert run(["policy", "inspect", str(FOLDER / "sound.onnx")]) is Exit.PASSED
    assert "batch invariant    yes" in capsys.readouterr().out


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _prose(path: Path) -> None:
    path.write_text("this is no model at all\n" * 20)


def _zip(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(200))


def _sparse_terabyte(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


MADE = {
    "an empty file": _empty,
    "no ONNX model": _prose,
    "no ONNX model: ": _zip,
    "a directory": Path.mkdir,
    "symbolic links": lambda path: path.symlink_to(path),
    "No such file": lambda path: None,
    "no regular file": os.mkfifo,
    "1099511627776 bytes": _sparse_terabyte,
}


@pytest.mark.parametrize("told", MADE)
def test_what_is_no_policy_file_at_all_is_refused_by_name(told, tmp_path, capsys):
    path = tmp_path / "policy.onnx"
    MADE[told](path)
    assert told in refused(path, capsys)


def test_a_link_out_of_the_folder_is_no_way_around_it(tmp_path, capsys):
    (tmp_path / "secret.bin").write_bytes(bytes(40))
    folder = tmp_path / "models"
    folder.mkdir()
    path = folder / "policy.onnx"
    path.write_bytes((FOLDER / "outside_missing.onnx").read_bytes())
    (folder / "not_there.bin").symlink_to(tmp_path / "secret.bin")
    assert "which leads outside its folder" in refused(path, capsys)


def test_every_truncation_is_refused_or_the_same_model():
    """A file that is cut off anywhere never reads as another model."""
    whole = (FOLDER.parent / "torch_mlp.onnx").read_bytes()
    full = parse(whole)
    for size in range(len(whole)):
        try:
            found = parse(whole[:size])
        except Broken:
            continue
        assert found.graph == full.graph, size


def test_a_truncated_file_is_told_as_cut_off(tmp_path, capsys):
    path = tmp_path / "policy.onnx"
    path.write_bytes((FOLDER / "sound.onnx").read_bytes()[:100])
    assert "the file is cut off" in refused(path, capsys)


def test_spoilt_bytes_never_end_in_a_traceback(tmp_path):
    """Each byte of a small file inverted: parsed, or refused as broken; nothing else is raised."""
    whole = (FOLDER / "sound.onnx").read_bytes()
    for place in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0xFF
        try:
            parse(bytes(spoilt))
        except Broken:
            continue

"""YAML as plain data: what is kept, what is refused, and where an error points."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.core.errors import InputError, Problem
from simulator.scenario.place import Place
from simulator.scenario.source import Source
from simulator.scenario.yaml_file import MAX_BYTES, parse, read


def source(text: str) -> Source:
    return parse(text, Path("f.yaml"), "f.yaml")


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        source(text)
    return caught.value.problems


def test_what_other_yaml_readers_turn_into_something_else_stays_a_text():
    """PyYAML reads NO as False, 12:30:00 as 45000, 1e-3 as a text; YAML 1.2 does not."""
    data = source("a: NO\nb: 12:30:00\nc: 1e-3\nd: 0o7\ne: '5'\nf: on\ng: 2026-01-01\n").data
    assert data["c"] == 1e-3
    assert {key: text for key, text in data.items() if key != "c"} == {
        "a": "NO",
        "b": "12:30:00",
        "d": "0o7",
        "e": "5",
        "f": "on",
        "g": "2026-01-01",
    }


def test_numbers_and_booleans_have_their_type():
    data = source("a: 1\nb: -2.5\nc: true\nd: [1, False]\ne: {NO: 3}\n").data
    assert data == {"a": 1, "b": -2.5, "c": True, "d": [1, False], "e": {"NO": 3}}
    assert type(data["a"]) is int and type(data["c"]) is bool


def test_every_key_and_value_has_its_place():
    places = source("a:\n  b: [x, {c: 'yy'}]\n").places
    assert places[("a",)] == Place(1, 1, 1, 2, 3, 1)
    assert places[("a", "b", 0)] == Place(2, 7, 1, 2, 7, 1)
    assert places[("a", "b", 1, "c")] == Place(2, 11, 1, 2, 14, 4)


def test_an_error_is_rendered_as_the_style_says():
    text = "schema: 1\nthreats:\n  - target: LT-10\n"
    problem = source(text).problem(("threats", 0, "target"), "'LT-10'", "a PV", "did you mean LT-101 ?")
    assert str(problem) == (
        "f.yaml:3:13  threats[0].target: got 'LT-10', wanted a PV\n"
        "    3 |   - target: LT-10\n"
        "      |             ^^^^^   did you mean LT-101 ?"
    )


@pytest.mark.parametrize(
    ("text", "line", "column", "got"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "the key 'a' twice"),
        ("a: {b: 1, b: 2}\n", 1, 11, "the key 'b' twice"),
        ("a: &x 1\n", 1, 4, "the anchor &x"),
        ("a: &x [1]\nb: 2\n", 1, 4, "the anchor &x"),
        ("<<: {a: 1}\n", 1, 1, "a merge key"),
        ("a: !!python/object:os.system x\n", 1, 4, "the tag tag:yaml.org,2002:python/object:os.system"),
        ("a: .nan\n", 1, 4, ".nan"),
        ("a: [1, -.inf]\n", 1, 8, "-.inf"),
        ("a: 1e999\n", 1, 4, "1e999"),
        ("a:\nb: 1\n", 1, 1, "nothing"),
        ("a: null\n", 1, 4, "nothing"),
        ("a: 1\nb:\t2\n", 2, 3, "a tab"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second document"),
        ("%YAML 1.1\n---\na: NO\n", 2, 1, "a directive"),
        ("- a\n- b\n", 1, 1, "a list"),
        ("a: 1\n? [b]\n: 2\n", 2, 3, "a key that is no plain text"),
        ("a: b: c\n", 1, 5, "mapping values are not allowed here"),
        ("a: [1, 2\nb: 3\n", 2, 2, "expected ',' or ']', but got ':'"),
        ("a: 1\nb: \x01\n", 2, 4, "the character U+0001"),
    ],
)
def test_a_file_that_is_more_or_less_than_plain_data_is_refused_at_its_place(text, line, column, got):
    (problem,) = refused(text)
    assert (problem.line, problem.column, problem.got) == (line, column, got)
    assert problem.source == text.splitlines()[line - 1]


def test_an_alias_and_its_anchor_are_both_told():
    assert [(p.line, p.got) for p in refused("a: &x 1\nb: *x\n")] == [
        (1, "the anchor &x"),
        (2, "the alias *x"),
    ]


def test_all_mistakes_of_one_file_are_told_at_once():
    problems = refused("a: .nan\nb: 1\nb: 2\nc: &x 3\nd: !t 4\n")
    assert [problem.line for problem in problems] == [1, 3, 4, 5]


def test_nesting_without_end_is_refused_not_recursed():
    (problem,) = refused("a: " + "[" * 200 + "]" * 200 + "\n")
    assert problem.got == "deeper nesting"


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n"])
def test_an_empty_file_is_refused(text):
    (problem,) = refused(text)
    assert problem.got == "an empty file"


def test_a_file_over_one_megabyte_is_refused_unread(tmp_path):
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: " + b"x" * MAX_BYTES)
    with pytest.raises(InputError, match=r"big\.yaml got a file over 1 MB"):
        read(path)


def test_what_is_no_readable_text_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="got no such file"):
        read(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="got a directory"):
        read(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: 5 \xb0C\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.yaml:2:6 got byte 0xb0 that is not UTF-8"):
        read(tmp_path / "latin.yaml")


def test_a_part_of_a_text_is_found_behind_its_quote():
    found = source('f: "always (x < 1 K)"\ng: |\n  folded\n')
    assert found.within(("f",), 8, 5) == (1, 13, 5)
    assert found.within(("g",), 2, 3) == (2, 4, 1)

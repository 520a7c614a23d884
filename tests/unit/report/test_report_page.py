"""The page says what the folder holds, no more, and never breaks."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from markupsafe import Markup

from simulator.core.errors import InputError
from simulator.record.layout import Layout
from simulator.report.judged import assess
from simulator.report.page import write

SECTIONS = (
    "one_page", "scope", "system", "threats", "matrix", "record", "envelope", "adequacy", "people", "suite",
    "punch", "conditions", "signatures", "annexes",
)  # fmt: skip


@pytest.fixture
def undrawn(monkeypatch):
    """Figures are told in words only: what they draw of a damaged folder, test_plot tries."""
    monkeypatch.setattr("simulator.report.figures.canvas.svg", lambda picture: Markup.escape(picture.alt))


def page(layout: Layout) -> str:
    return write(layout).read_text(encoding="utf-8")


def finding(text: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", text)
    assert found
    return found[1]


def test_every_section_is_there_in_order(folder):
    text = page(folder)
    places = [text.index(f'<h2 id="{name}"') for name in SECTIONS]
    assert places == sorted(places)
    assert finding(text) == "BLOCKING FINDINGS"
    assert "people decide" in text
    assert "DRAFT" in text


def test_a_sound_folder_has_no_blocking_finding_and_nothing_missing(sound):
    text = page(sound)
    assert finding(text) == "NO BLOCKING FINDING"
    assert 'class="banner"' not in text


def test_counts_are_told_as_a_number_of_a_total(folder):
    text = page(folder)
    assert re.search(r">S</td>.*0 / 1.*1 / 1", text)
    assert re.search(r"all</td>.*1 / 2", text)


def test_a_failure_names_class_witness_and_the_command_that_makes_it_again(folder):
    text = page(folder)
    assert "plantproof replay 0001-1a2b3c4d S-1 0" in text
    assert "t = 40 s" in text
    assert "class A" in text
    assert "✗ FAIL" in text


def test_texts_from_strangers_are_escaped(folder):
    text = page(folder)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_page_needs_no_network_and_no_script(folder):
    text = page(folder)
    assert re.findall(r"<(?:script|link|img|iframe|object|embed|form|base)\b", text) == []
    assert re.findall(r"\b(?:src|srcset|data|action)=", text) == []
    assert all(one.startswith("#") for one in re.findall(r'href="([^"]*)"', text))
    assert all(one.startswith("#") for one in re.findall(r"url\(([^)]*)\)", text))
    assert "@import" not in text


def test_the_same_results_give_the_same_bytes(folder):
    first = write(folder).read_bytes()
    assert write(folder).read_bytes() == first


def test_figures_are_inline_with_a_text_for_those_who_do_not_see_them(folder):
    text = page(folder)
    assert text.count('<svg role="img" aria-label="') == 10
    assert "level of all 4 replicas, between 10.0 and 21.5 cm" in text
    assert "Bands: all 4 replicas. S-1: 2 of 4 replicas are stored (1 failed, 1 random)" in text
    assert "AI shed in 3 of 4, 10 to 14 s. SIF-1 in 1 of 4, 21 to 21 s." in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_limits_carry_value_and_unit(folder):
    text = page(folder)
    for label in (
        "20 cm  safety limit SL-1",
        "16 cm  SIF-1 trips",
        "14 cm  AI shed",
        "13 cm  alarm LT-1 H",
        "10 cm  setpoint",
    ):
        assert label in text


def test_adequacy_compares_with_the_share_the_criteria_allow(folder):
    text = page(folder)
    assert "scan 0.2 s + stroke 5.8 s" in text
    assert "limit not reached" in text
    row = text[text.index(">drain shut<") :]
    assert "60 %" in row[:400]
    assert "FAIL" in row[:400]


def test_every_layer_is_a_surrogate_and_the_ai_gets_no_credit(folder):
    text = page(folder)
    assert text.count("<td>SURROGATE</td>") == 9
    assert "AI credit: none" in text
    assert "No mutant challenges these: <strong>operator</strong>" in text


def test_what_was_not_measured_is_told_without_the_folders_of_the_machine(folder):
    text = page(folder)
    assert "needs real sockets" in text
    assert "tank.yaml:3" in text
    assert "/home/somebody" not in text


def test_the_notices_of_the_catalogue_are_kept(folder):
    text = " ".join(page(folder).split())
    notice = Path(__file__).parents[3] / "simulator" / "catalogue" / "NOTICE"
    told = " ".join(notice.read_text(encoding="utf-8").split())
    for part in (
        "This work is reproduced and distributed with the permission of The MITRE Corporation.",
        "Apache License, Version 2.0",
    ):
        assert part in told
        assert part in text
    assert "T0836 Modify Parameter" in text


def test_an_exploratory_run_is_marked_unsignable(folder):
    start = json.loads(folder.start.read_text()) | {"exploratory": True}
    folder.start.write_text(json.dumps(start))
    assert "EXPLORATORY: sample sizes were replaced, not signable" in page(folder)


@pytest.mark.parametrize("judged", [True, False])
def test_a_run_that_did_not_end_is_inconclusive_whatever_was_judged_before(sound, undrawn, judged):
    if judged:
        write(sound)
    sound.stop.unlink()
    text = page(sound)
    assert "INCONCLUSIVE: the run did not end" in text
    assert finding(text) == "NOT READY"
    assert "v-PASS" not in text[text.index('id="record"') : text.index('id="envelope"')]


@pytest.mark.parametrize(
    "gone",
    [
        "start.json",
        "stop.json",
        "controls.json",
        "adequacy.json",
        "resolved.json",
        "rows",
        "traces",
        "inputs",
    ],
)
@pytest.mark.parametrize("judged", [True, False])
def test_a_missing_piece_is_named_and_nothing_is_cleared(sound, undrawn, gone, judged):
    if judged:
        write(sound)
    path = sound.root / gone
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    text = page(sound)
    assert "INCONCLUSIVE" in text[: text.index("<dl")]
    assert gone in text[: text.index("<dl")]
    assert finding(text) == "NOT READY"


@pytest.mark.parametrize("name", ["start", "resolved", "controls", "adequacy", "verdicts", "manifest"])
@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"a": 1}'])
def test_a_damaged_file_gives_a_page_all_the_same(sound, undrawn, name, content):
    write(sound)
    getattr(sound, name).write_text(content)
    assert "</html>" in page(sound)


def test_an_empty_folder_gives_a_page(tmp_path):
    text = page(Layout(tmp_path))
    assert finding(text) == "NOT READY"
    assert "Nothing was judged" in text


def test_a_damaged_trace_is_named(sound):
    trace = sound.trace("S-1", 2)
    trace.write_bytes(trace.read_bytes()[:200])
    assert "the trace of replica 2 is damaged" in page(sound)


def test_a_changed_input_is_named(sound):
    (sound.inputs / "suite.yaml").write_text("suite: another\n")
    text = page(sound)
    assert "inputs/suite.yaml: CHANGED since the run" in text
    assert finding(text) == "NOT READY"


def test_a_folder_without_the_outputs_of_its_ai_is_refused_with_the_version_that_wrote_it(sound):
    resolved, start = (json.loads(path.read_text()) for path in (sound.resolved, sound.start))
    del resolved["plants"]["tank"]["ai"]["rcas"]["outputs"]
    sound.resolved.write_text(json.dumps(resolved))
    sound.start.write_text(json.dumps(start | {"plantproof": "0.0.9", "code": "c0ffee" * 9}))
    sound.verdicts.unlink(missing_ok=True)
    with pytest.raises(InputError) as told:
        assess(sound)
    for text in (str(sound.root), "tank rcas", "plantproof 0.0.9 (code c0ffeec0ffee)", "run its suite again"):
        assert text in str(told.value)
    assert not sound.verdicts.exists()

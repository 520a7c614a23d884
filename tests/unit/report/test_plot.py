"""Figures as files: every one, the same each time, never over what somebody else made."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from simulator.core.errors import InputError
from simulator.record.layout import Layout
from simulator.record.reader import changed
from simulator.record.writer import put_manifest
from simulator.report.figures.adequacy import studies
from simulator.report.figures.canvas import png, svg
from simulator.report.figures.glance import picture
from simulator.report.folder import load
from simulator.report.judged import assess
from simulator.report.page import write
from simulator.report.plot import plot

NAMES = (
    "adequacy", "alarms", "bumps", "envelope-S-1-level", "fallback", "fallback-tank", "glance", "held",
    "system-tank", "takeover",
)  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n"


def drawn(layout: Layout, out: Path | None = None) -> list[Path]:
    return plot(load(layout), out, dpi=50)


def sealed(layout: Layout) -> None:
    if not layout.manifest.exists():
        put_manifest(layout)


def test_every_figure_is_written_as_png_and_svg(folder):
    files = drawn(folder)
    assert {path.name for path in files} == {f"{n}.{kind}" for n in NAMES for kind in ("png", "svg")}
    for path in files:
        head = path.read_bytes()[:8]
        assert head == PNG if path.suffix == ".png" else head == b"<?xml ve"


def test_the_same_results_give_the_same_figures(folder):
    first = {path: path.read_bytes() for path in drawn(folder)}
    assert {path: path.read_bytes() for path in drawn(folder)} == first


def test_figures_inside_the_results_do_not_alter_the_run(sound):
    sealed(sound)
    drawn(sound)
    assert changed(sound) == []
    assert assess(sound)["altered"] == []


def test_figures_that_were_there_before_the_manifest_may_be_drawn_again(sound):
    (sound.root / "figures").mkdir()
    (sound.root / "figures" / "held.svg").write_text("<!-- made by plantproof --> an older one")
    sealed(sound)
    drawn(sound)
    assert changed(sound) == []


def test_another_folder_may_be_drawn_into_again_but_not_mixed_with(folder, tmp_path):
    out = tmp_path / "pictures"
    drawn(folder, out)
    drawn(folder, out)
    (out / "holiday.png").write_bytes(b"sea")
    with pytest.raises(InputError, match=r"holiday\.png"):
        drawn(folder, out)
    assert (out / "holiday.png").read_bytes() == b"sea"


@pytest.mark.parametrize("inside", [True, False])
def test_a_file_of_somebody_else_with_our_name_is_kept(folder, tmp_path, inside):
    out = folder.root / "figures" if inside else tmp_path / "pictures"
    out.mkdir()
    (out / "held.png").write_bytes(b"a shield")
    with pytest.raises(InputError, match=r"held\.png"):
        drawn(folder, None if inside else out)
    assert [path.name for path in out.iterdir()] == ["held.png"]
    assert (out / "held.png").read_bytes() == b"a shield"


def test_nothing_is_drawn_among_the_sealed_files(folder):
    for name in ("rows", "pictures", "figures/more", "."):
        with pytest.raises(InputError, match="sealed"):
            drawn(folder, folder.root / name)
    assert not (folder.root / "pictures").exists()


def test_a_file_is_no_folder_for_figures(folder, tmp_path):
    (tmp_path / "pictures").write_text("")
    with pytest.raises(InputError, match="a folder for the figures"):
        drawn(folder, tmp_path / "pictures")


def test_a_folder_without_anything_to_draw_is_refused(tmp_path):
    with pytest.raises(InputError, match="nothing that can be drawn"):
        drawn(Layout(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["verdicts", "adequacy", "controls"])
@pytest.mark.parametrize(
    "content", ["", "[]", '{"a": 1}', '{"scenarios": [{"id": 3}], "tank": {"events": [{}]}}']
)
def test_a_damaged_file_costs_its_own_figure_only(sound, name, content):
    assess(sound)
    getattr(sound, name).write_text(content)
    names = {path.name for path in drawn(sound)}
    assert "adequacy.svg" in names or name == "adequacy"
    assert "glance.svg" in names or name == "verdicts"


def test_a_stranger_s_names_stay_inside_the_folder(folder):
    text = folder.resolved.read_text().replace('"S-1"', '"../../S/1"')
    verdicts = assess(folder)
    (folder.root / "traces" / "S").mkdir()
    folder.resolved.write_text(text)
    folder.verdicts.write_text(json.dumps(verdicts).replace('"S-1"', '"../../S/1"'))
    assert {path.parent for path in drawn(folder)} == {folder.root / "figures"}


def test_the_glance_tells_every_verdict_by_symbol_and_leaves_blank_what_was_not_asked():
    kinds = ("PASS", "FAIL", "INCONCLUSIVE", "NOT ASSESSED")
    asked = [{"id": f"R-{k}", "verdict": kind, "class": "A"} for k, kind in enumerate(kinds)]
    scenarios = [{"id": "S-1", "requirements": asked}, {"id": "S-2", "requirements": asked[:1]}]
    text = svg(picture(scenarios, []))
    assert text.count("patch_") > 5
    symbols = {"✓": 3, "✗": 2, "?": 2, "○": 2}
    assert {one: len(re.findall(rf">{re.escape(one)}[ <]", text)) for one in symbols} == symbols
    assert "S-2: 1 PASS" in text
    assert "R-0 A" in text
    assert "blank: not asked" in text


def test_a_thousand_requirements_still_make_a_picture():
    asked = [{"id": f"R-{k}", "verdict": "PASS"} for k in range(1000)]
    head = png(picture([{"id": "S-1", "requirements": asked}], []), 50)[16:24]
    assert max(int.from_bytes(head[:4]), int.from_bytes(head[4:])) <= 2000


def test_the_adequacy_bars_tell_response_time_left_and_spare(folder):
    found = load(folder)
    (study,) = studies(found.adequacy, 0.5, {"tank": "Tank 7"})
    assert study.title == "Tank 7: SIF-1 against level 20 cm"
    assert study.response == pytest.approx(6.0)
    drawn(folder)
    text = (folder.root / "figures" / "adequacy.svg").read_text(encoding="utf-8")
    for told in (
        "6 s of 10 s left = 60 %; spare 3 s", "limit not reached", "scan 0.2 s", "stroke 5.8 s",
        "trip point", "50 % of the time left", "time from the initiating event [s]",
    ):  # fmt: skip
        assert told in text


def test_the_page_shows_both_new_figures(folder):
    text = write(folder).read_text(encoding="utf-8")
    assert 'id="one_page"' in text[: text.index('id="glance"')]
    assert "Verdict of every requirement. S-1: 1 FAIL" in text
    assert "Time from each initiating event to the safety limit" in text[text.index('id="adequacy"') :]

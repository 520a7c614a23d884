"""A starter project: the product's questions and plant files, copied to be changed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from simulator.core.errors import InputError, Problem
from simulator.scenario.plants import installed, locate

_PACKAGE = Path(__file__).parents[1]
_QUESTION = re.compile(r"^(suite|question):", re.MULTILINE)
_PLANT = re.compile(r"""^(plant:[ \t]*)(["']?)([\w-]+)\2(?=[ \t]*(?:#|$))""", re.MULTILINE)
_PLANTS = re.compile(r"^([ \t]+plant:[ \t]*\[)([^\]\n]*)(?=\])", re.MULTILINE)
"""Plants that a suite crosses its questions with."""
FIRST = "cstr_predeployment.yaml"
"""The suite that a new user runs first."""
_README = """\
# A project of your own

`scenarios/` has the questions, the requirements and the criteria; `plants/` the plant files and the policies
they run. Everything here is yours to change. The physics is imported from the installed package.

```sh
{commands}
```

`check` shows everything that is wrong with the files. `run` asks the questions and writes `results/`, with a
report. `plot` writes the figures of a results folder as PNG and SVG.
"""


def questions() -> Path:
    """Folder of the product's scenarios: inside an installed package, beside it in a working tree."""
    inside, beside = _PACKAGE / "starter" / "scenarios", _PACKAGE.parent / "scenarios"
    return inside if inside.is_dir() else beside


def start(folder: Path) -> Path:
    """Copy the starter project into a new or empty folder, whole or not at all.

    Parameters
    ----------
    folder : Path
        Where to.

    Returns
    -------
    Path
        The suite of the project.

    Raises
    ------
    InputError
        When there is something in the folder already.
    """
    _refuse(folder)
    target = folder.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.parent / f".{target.name}.partial-{os.getpid()}"
    try:
        suite = _copy(partial)
        _move(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder / suite


def _refuse(folder: Path) -> None:
    wanted = "a new or empty folder"
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError(Problem("a file or a link", wanted, str(folder), hint="nothing was written"))
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(
            Problem("a folder that is not empty", wanted, str(folder), hint="nothing was written")
        )
    if not list(questions().glob("suites/*.yaml")):
        raise InputError(Problem("no scenarios", "a package that is installed whole", str(questions())))


def _move(partial: Path, target: Path) -> None:
    """Give the copy its name; into a folder that is there, entry by entry: it may be somebody's own."""
    if not target.exists():
        partial.rename(target)
        return
    for entry in sorted(partial.iterdir()):
        entry.rename(target / entry.name)


def _copy(folder: Path) -> Path:
    """Write the whole project; returns its suite, relative to it."""
    folder.mkdir()
    for file in sorted(questions().rglob("*.yaml")):
        place = folder / "scenarios" / file.relative_to(questions())
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(
            _own(file.read_text(encoding="utf-8"), place, folder), encoding="utf-8", newline="\n"
        )
    for name in sorted(_named(folder)):
        _copy_plant(name, folder)
    suite = Path("scenarios", "suites", FIRST)
    (folder / "README.md").write_text(_README.format(commands="\n".join(commands(suite))), encoding="utf-8")
    return suite


def commands(suite: Path) -> tuple[str, str, str]:
    """The three commands to try first."""
    path = suite.as_posix()
    results = f"results/{suite.stem}/0001-*"
    return f"plantproof check {path}", f"plantproof run {path}", f"plantproof plot {results}"


def _own(text: str, place: Path, folder: Path) -> str:
    """A suite or scenario whose plant is the project's own file; other files and all comments stay."""
    if not _QUESTION.search(text):
        return text

    def own(name: str) -> str:
        if name not in installed():
            return name
        return os.path.relpath(_plant(name, folder), place.parent).replace(os.sep, "/")

    text = _PLANTS.sub(lambda found: found[1] + ", ".join(map(own, re.split(r",[ \t]*", found[2]))), text)
    return _PLANT.sub(lambda found: found[1] + own(found[3]) if own(found[3]) != found[3] else found[0], text)


def _plant(name: str, folder: Path) -> Path:
    return folder / "plants" / name / "plant.yaml"


def _named(folder: Path) -> Iterator[str]:
    """Installed plants to which the copied files point."""
    texts = [file.read_text(encoding="utf-8") for file in (folder / "scenarios").rglob("*.yaml")]
    for name in installed():
        if any(f"plants/{name}/plant.yaml" in text for text in texts):
            yield name


def _copy_plant(name: str, folder: Path) -> None:
    source, place = locate(name, folder), _plant(name, folder)
    place.parent.mkdir(parents=True)
    for file in (source, *source.parent.glob("*.onnx"), *source.parent.glob("*.json")):
        shutil.copyfile(file, place.parent / file.name)

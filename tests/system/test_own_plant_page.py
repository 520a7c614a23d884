"""The page about a plant of one's own: its files are written and its commands called as they stand there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from small_suite import REPO, command

PAGE = REPO / "docs" / "own-plant.md"
_BLOCK = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"\s+# exit code (\d)$")


def call(words: list[str], folder: Path) -> tuple[int, str]:
    """Exit code and all that was said."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


def follow(session: str, folder: Path) -> None:
    """Call each command of a console block and hold what it says against what the page says."""
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        line, *said = part.strip().splitlines()
        wanted = int(found[1]) if (found := _CODE.search(line)) else 0
        words = shlex.split(_CODE.sub("", line))
        assert words[0] == "plantproof"
        code, told = call(command(*words[1:]), folder)
        assert code == wanted, f"{line}: {told}"
        for text in said:
            assert text in told, f"{line}: {told}"


def test_the_page_does_what_it_says(tmp_path: Path):
    blocks = _BLOCK.findall(PAGE.read_text())
    assert [kind for kind, _, _ in blocks].count("console") == 3
    for kind, title, text in blocks:
        if kind == "console":
            follow(text, tmp_path)
        elif title:
            path = tmp_path / title
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            if kind == "python" and "/" not in title:
                code, told = call([sys.executable, title], tmp_path)
                assert code == 0, told

"""The cache of compiled kernels never runs old code: its folder is named by all that is compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.core.kernel import PRODUCT, cache_folder, source_digest

digest_of = source_digest.__wrapped__
RULES = "from simulator.core.kernel import rule\n\n\n@rule\ndef doubled(x):\n    return {factor} * x\n"
LOOP = (
    "from simulator.core.kernel import kernel\nfrom tiny.rules import doubled\n\n\n"
    "@kernel\ndef scan(values):\n    for i in range(values.shape[0]):\n"
    "        values[i] = doubled(values[i])\n"
)
ASK = (
    "import numpy as np\nfrom tiny.loop import scan\nv = np.ones(2)\nscan(v)\n"
    "print(v[0], sum(scan.stats.cache_hits.values()))\n"
)


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "tiny"
    (folder / "inner").mkdir(parents=True)
    for name in ("__init__.py", "inner/__init__.py"):
        (folder / name).write_text("")
    (folder / "rules.py").write_text(RULES.format(factor="2.0"))
    (folder / "loop.py").write_text(LOOP)
    return folder


def test_the_digest_changes_with_any_source_of_a_package(package):
    before = digest_of(package)
    assert digest_of(package) == before
    (package / "inner" / "deep.py").write_text("x = 1\n")
    added = digest_of(package)
    (package / "inner" / "deep.py").write_text("x = 2\n")
    edited = digest_of(package)
    (package / "inner" / "deep.py").rename(package / "inner" / "deeper.py")
    assert len({before, added, edited, digest_of(package)}) == 4


def test_the_digest_does_not_change_with_what_is_no_source(package):
    before = digest_of(package)
    (package / "notes.txt").write_text("anything")
    assert digest_of(package) == before


def test_of_a_folder_that_is_no_package_only_its_own_files_count(tmp_path):
    (tmp_path / "model.py").write_text("x = 1\n")
    before = digest_of(tmp_path)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "copy.py").write_text("x = 2\n")
    assert digest_of(tmp_path) == before
    (tmp_path / "model.py").write_text("x = 3\n")
    assert digest_of(tmp_path) != before


def test_the_cache_folder_is_named_by_product_and_plant(package, tmp_path, monkeypatch):
    monkeypatch.setenv("PLANTPROOF_CACHE", str(tmp_path / "cache"))
    mine = cache_folder(package / "inner" / "deep.py")
    assert mine.name == f"kernels-{digest_of(PRODUCT, package)}"
    assert mine.parent == tmp_path / "cache" / "plantproof"
    product = cache_folder(PRODUCT / "field" / "sensor.py")
    assert product.name == f"kernels-{digest_of(PRODUCT)}"


def test_an_edited_rule_takes_effect_although_its_callers_file_is_unchanged(package, tmp_path):
    """numba alone would keep the old code: it watches only the file that defines the kernel."""

    def ask():
        environment = os.environ | {
            "PLANTPROOF_CACHE": str(tmp_path / "cache"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join((str(tmp_path), str(Path(PRODUCT).parent))),
        }
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        value, hits = done.stdout.split()
        return float(value), int(hits)

    assert ask() == (2.0, 0)
    assert ask() == (2.0, 1), "the second start finds its kernels compiled"
    (package / "rules.py").write_text(RULES.format(factor="3.0"))
    assert ask() == (3.0, 0)

"""A small suite in a folder of its own, quick enough to run many times."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from small_suite import REPO, SUITE, Run, command, spoil


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A suite of two short questions; its files may be spoilt at will."""
    shutil.copytree(REPO / "scenarios" / "cstr", tmp_path / "files" / "cstr")
    suite = tmp_path / "files" / "suites" / "small.yaml"
    suite.parent.mkdir()
    suite.write_text(SUITE)
    for name in ("net_003_ai_heartbeat_loss", "saf_001_all_control_lost"):
        scenario = tmp_path / "files" / "cstr" / f"{name}.yaml"
        short = scenario.read_text().replace("600 s", "120 s").replace("[60 s, 300 s]", "[20 s, 60 s]")
        scenario.write_text(short)
    criteria = suite.parent.parent / "cstr" / "criteria.yaml"
    spoil(criteria, "replicas: 59, failures", "replicas: 6, failures")
    spoil(criteria, "replicas: 30, failures", "replicas: 6, failures")
    return suite


@pytest.fixture
def plantproof(tmp_path: Path) -> Run:
    """Run the command in a process of its own, in the test's folder."""

    def run(*words: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"COLUMNS": "160", "NO_COLOR": "1"}
        return subprocess.run(
            command(*words), cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
            env=environment, **options,  # type: ignore[call-overload]
        )  # fmt: skip

    return run

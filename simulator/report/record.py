"""The test record: what each scenario put to the plant, with how many seeds, and the digest of its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.record.writer import sha256
from simulator.report.folder import Folder
from simulator.report.shown import NONE, distribution, duration
from simulator.report.tables import peaks, requirement

Data = Mapping[str, Any]
Row = dict[str, Any]


def questions(folder: Folder) -> list[Row]:
    """A block per scenario, then the design checks."""
    blocks = [_question(folder, scenario) for scenario in folder.scenarios]
    checks = [requirement(r) for r in folder.verdicts.get("design_checks", ())]
    if checks:
        told = "From the files, before anything runs."
        blocks.append({"id": "Design checks", "question": told, "facts": [], "lines": checks})
    return blocks


def _question(folder: Folder, scenario: Data) -> Row:
    facts = [(name, text) for name, text in _facts(folder, scenario) if text]
    lines = [requirement(r) for r in scenario["requirements"]]
    return {"id": scenario["id"], "question": scenario["question"], "facts": facts, "lines": lines}


def _facts(folder: Folder, scenario: Data) -> Iterator[tuple[str, str]]:
    about = folder.about(scenario["id"])
    mode = f"AI {scenario.get('ai', NONE)} in {scenario.get('mode', NONE)}"
    yield "setting", f"plant {scenario.get('plant', NONE)}, {mode}, {duration(scenario.get('duration'))}"
    yield "injected", "; ".join(map(injected, about.get("threats", ()))) or "nothing"
    start = about.get("start") or {}
    yield "starts", ", ".join(f"{name} at {distribution(value)}" for name, value in start.items())
    yield "operator", operator(about.get("operator"))
    ran = f"{scenario.get('replicas', 0)} of {scenario.get('planned', 0)} replicas ran"
    seed = folder.resolved.get("suite", {}).get("seed", folder.start.get("seed", NONE))
    yield "seeds", f"{ran}; seed {seed}, replicas numbered from 0"
    yield "worst", ", ".join(f"{name} {peak}" for name, peak in peaks(folder, scenario))
    yield "means", "simulated, in process; no hardware in the loop"
    yield "evidence", _evidence(folder, scenario["id"])


def injected(threat: Data) -> str:
    """One threat with its distributions."""
    head = f"{threat.get('kind', '')} at {threat.get('tap', '')} {threat.get('target') or ''}".strip()
    told = [f"onset {distribution(threat['onset'])}"] if threat.get("onset") is not None else []
    told += [f"lasts {distribution(threat['lasts'])}"] if threat.get("lasts") is not None else []
    told += [f"{n} {distribution(v)}".replace("_", " ") for n, v in (threat.get("parameters") or {}).items()]
    return f"{head} ({', '.join(told)})" if told else head


def operator(about: Any) -> str:
    """The operator of a scenario in words."""
    if not about:
        return ""
    if not isinstance(about, Mapping):
        return str(about)
    told = [f"reaction {distribution(about['reaction'])}"] if about.get("reaction") is not None else []
    told += [f"on {alarm}: {act}" for alarm, act in (about.get("acts_on") or {}).items()]
    rest = {k: v for k, v in about.items() if k not in ("reaction", "acts_on") and v}
    told += [f"{k} {distribution(v)}".replace("_", " ") for k, v in rest.items()]
    return "; ".join(told)


def _evidence(folder: Folder, key: str) -> str:
    """SHA-256 of the rows; of several blocks that of their digests in order."""
    files = sorted(folder.layout.rows(key, "main", 0).parent.glob("main-*.csv"))
    if not files:
        return "no rows"
    each = [sha256(path) for path in files]
    if len(each) == 1:
        return f"rows/{key}/{files[0].name}, SHA-256 {each[0]}"
    joined = hashlib.sha256("".join(each).encode()).hexdigest()
    return f"rows/{key}/main-*.csv, {len(each)} blocks, SHA-256 of their digests {joined}"

"""What identifies the run, and whether the folder is still what the run left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.record.reader import get_json
from simulator.record.writer import sha256
from simulator.report.folder import DAMAGED, Folder
from simulator.report.shown import NONE, duration, share

Data = Mapping[str, Any]
Row = dict[str, Any]
_KEPT = "as recorded"


def identity(folder: Folder) -> list[tuple[str, str]]:
    """What identifies the run, from ``start.json``."""
    start, plants = folder.start, folder.resolved.get("plants", {})
    commit, machine = start.get("commit") or {}, start.get("machine") or {}
    state = " with uncommitted changes (dirty)" if commit.get("dirty") else ""
    cores = {"cores": f"{machine.get('cores')} cores"} if "cores" in machine else {}
    lines = {
        "suite": folder.verdicts.get("suite") or start.get("suite"), "folder": folder.name,
        "plants": ", ".join(f"{plant.get('title', key)} ({key})" for key, plant in plants.items()),
        "digest of the inputs": start.get("digest"), "plantproof": start.get("plantproof"),
        "digest of the code": start.get("code"),
        "commit": f"{commit['id']}{state}" if commit.get("id") else None,
        "seed": start.get("seed"), "Python": start.get("python"),
        "libraries": ", ".join(f"{name} {one}" for name, one in (start.get("libraries") or {}).items()),
        "machine": ", ".join(str(value) for value in (machine | cores).values()),
        "confidence": share(folder.resolved.get("criteria", {}).get("confidence")),
        "transport": _transport(start.get("transport") or {}),
        "scan": "; ".join(f"{key}: {_scan(plant)}" for key, plant in plants.items()),
    }  # fmt: skip
    return [
        (name, str(value) if value not in (None, "") else "not recorded") for name, value in lines.items()
    ]


def environment(folder: Folder) -> list[tuple[str, str]]:
    """What the numbers were made with."""
    wanted = ("plantproof", "digest of the code", "commit", "Python", "libraries", "machine", "seed")
    told = [line for line in identity(folder) if line[0] in wanted]
    return [*told, ("mathematics", str(folder.start.get("vector_mathematics", "not recorded")))]


def _transport(told: Data) -> str:
    """How the AI was reached; empty in a record of before there was a choice."""
    if told.get("kind") != "tcp":
        return "the AI was called in process" if told else ""
    whose = (
        "an external controller" if told.get("controller") == "external" else "plantproof's own controller"
    )
    return f"the AI was {whose} behind Modbus TCP, in lock step"


def _scan(plant: Data) -> str:
    return ", ".join(f"{name} {duration(value)}" for name, value in plant.get("scan", {}).items()) or NONE


def fingerprint(folder: Folder) -> str:
    """Digest over all inputs of the run."""
    return str(folder.start.get("digest", "not recorded"))


def inputs(folder: Folder) -> list[Row]:
    """Digest of each input, and whether the copy in the folder still has it."""
    found = []
    for name, digest in (folder.start.get("inputs") or {}).items():
        state = _same(folder.layout.inputs / name, digest)
        found.append({"name": name, "digest": digest, "state": state})
        if state != _KEPT:
            folder.missing.append(f"inputs/{name}: {state}")
    return found


def manifest(folder: Folder) -> Row:
    """How many files the manifest names, and which are no longer what it says."""
    try:
        listed = (get_json(folder.layout.manifest) or {}).get("sha256", {})
        listed = {name: digest for name, digest in listed.items() if name != folder.layout.report.name}
        changed = list(_changed(folder.layout.root, listed))
    except DAMAGED:
        folder.missing.append(f"{folder.layout.manifest.name}: it is damaged")
        listed, changed = {}, []
    folder.missing.extend(f"{name}: not as the manifest says" for name in changed)
    return {"n": len(listed), "changed": changed}


def _changed(root: Path, listed: Data) -> Iterator[str]:
    for name, digest in listed.items():
        if _same(root / name, digest) != _KEPT:
            yield name


def _same(path: Path, digest: Any) -> str:
    if not path.is_file():
        return "missing"
    return _KEPT if sha256(path) == digest else "CHANGED since the run"

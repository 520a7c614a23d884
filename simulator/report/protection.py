"""The safety functions against time, and the suite judged by its controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.report.folder import Folder
from simulator.report.shown import NONE, number, seconds, share

Data = Mapping[str, Any]
Row = dict[str, Any]


def adequacy(folder: Folder) -> list[Row]:
    """Per plant and safety limit: the response budget and a line per initiating event."""
    at_most = folder.resolved.get("criteria", {}).get("response", {}).get("at_most")
    found = []
    for key, about in folder.adequacy.items():
        plant = key.partition(" ")[0]  # a plant's further limits are told apart by their names
        for one in about if isinstance(about, list) else [about]:
            sif = folder.resolved.get("plants", {}).get(plant, {}).get("sifs", {}).get(one.get("sif"), {})
            found.append(_adequate(plant, one, at_most) | {"kind": sif.get("kind", "safety function")})
    return found


def _adequate(plant: str, about: Data, at_most: Any) -> Row:
    unit = str(about.get("value", "")).partition(" ")[2]
    told = {key: about.get(key, "") for key in ("limit", "value", "hazard", "sif", "trip_point")}
    return told | {
        "plant": plant, "quantity": str(about.get("quantity", "")).replace("_", " "),
        "budget": [(name, seconds(value)) for name, value in about.get("budget", {}).items()],
        "response": seconds(about.get("response")), "allowed": seconds(about.get("allowed")),
        "at_most": share(at_most), "shortest": seconds(_least(about, "pst")),
        "least": seconds(_least(about, "left")),
        "events": [_event(event, unit, at_most) for event in about.get("events", ())],
    }  # fmt: skip


def _least(about: Data, name: str) -> Any:
    return min((e[name] for e in about.get("events", ()) if e.get(name) is not None), default=None)


def _event(event: Data, unit: str, at_most: Any) -> Row:
    used = event.get("share")
    reached = event.get("pst") is not None
    verdict = "" if used is None or at_most is None else ("FAIL" if used > at_most else "PASS")
    return {
        "id": event.get("id", ""), "text": event.get("text", ""),
        "pst": seconds(event.get("pst")) if reached else "limit not reached",
        "to_trip": seconds(event.get("to_trip")), "left": seconds(event.get("left")), "share": share(used),
        "verdict": verdict, "spare": seconds(event.get("spare")),
        "peak": f"{event['peak']:.1f} {unit}" if event.get("peak") is not None else NONE,
        "admissible": number(event.get("admissible"), unit),
    }  # fmt: skip


def controls(folder: Folder) -> Row:
    """The suite judged: each control with what it did, and safeguards nobody challenged."""
    judged = [_control(control) for control in folder.verdicts.get("controls", ())]
    return {
        "judged": judged,
        "unchallenged": list(folder.controls.get("unchallenged", ())),
        "known": bool(folder.controls),
        "mutants": mutation(folder),
        "repeats": _repeats(folder),
    }


def mutation(folder: Folder) -> Row | None:
    """How many of the declared mutants were killed, and which were not."""
    asked = folder.resolved.get("suite", {}).get("controls", {}).get("mutants") or {}
    named = [f"without {n}" for n in asked.get("remove", {})] + [
        f"broken: {n}" for n in asked.get("break", {})
    ]
    done = folder.controls.get("mutants") or []
    killed = {str(one.get("name")) for one in done if one.get("behaved") is True}
    if not named:
        return None
    lost = [name for name in named if name not in killed]
    return {"killed": len(named) - len(lost), "declared": len(named), "lost": lost}


def _repeats(folder: Folder) -> str:
    done = folder.controls.get("repeat") or []
    same = sum(one.get("behaved") is True for one in done)
    return f"{same} of {len(done)} repeated scenarios are bit-identical" if done else "not repeated"


def _control(control: Data) -> Row:
    kind = str(control["kind"]).replace("_", " ")
    told = {"id": control["id"], "kind": kind, "verdict": control["verdict"], "why": control.get("why", "")}
    return told | {"done": [_done(one) for one in control.get("done") or ()]}


def _done(one: Data) -> Row:
    told = {key: str(one.get(key, NONE)) for key in ("name", "scenario", "why")}
    return told | {"verdict": "PASS" if one.get("behaved") is True else "FAIL"}

"""The object that ``trust --json`` prints for one app; its types are in ``models``."""

from __future__ import annotations

from typing import Any

from forgesim.report.carried import COVERS, DISCLAIMERS
from forgesim.report.centre import Centre
from forgesim.report.flow import Stream
from forgesim.report.proved import Party, Proved, Said, sentence_outcome

__all__ = ["centre_object"]


def centre_object(centre: Centre) -> dict[str, Any]:
    """What ``trust --json`` prints for one app."""
    proved = centre.proved
    return {
        "app": proved.app,
        "version": proved.version,
        "digest": proved.digest,
        "date": proved.created,
        "catalog": proved.catalog,
        "covers": COVERS,
        "confined": proved.confined,
        "sandbox": proved.sandbox,
        "again": proved.again,
        "sentences": [_sentence(proved, sentence) for sentence in proved.sentences],
        "subprocessors": [_subprocessor(proved, party) for party in proved.parties],
        "answers": [{"topic": a.topic, "says": a.says, "basis": list(a.basis)} for a in centre.answers],
        "flow": [_stream(stream) for stream in proved.flow.streams],
        "disclaimers": list(DISCLAIMERS),
        **({"undeployable": list(proved.undeployable)} if proved.undeployable else {}),
    }


def _sentence(proved: Proved, sentence: Said) -> dict[str, Any]:
    outcome = sentence_outcome(proved, sentence)
    claims = [
        {
            "claim": name,
            "claimed": verdict.claimed if verdict else False,
            "outcome": verdict.outcome.value if verdict else None,
            "strength": verdict.strength.value if verdict and verdict.strength else None,
            "says": verdict.says if verdict else "not in this catalog",
        }
        for name in sentence.claims
        for verdict in [proved.verdict(name)]
    ]
    return {
        "says": sentence.says,
        "outcome": outcome.value if outcome else None,
        "claims": claims,
        "untestable": sentence.untestable,
    }


def _subprocessor(proved: Proved, party: Party) -> dict[str, Any]:
    streams = [s for s in proved.flow.streams if s.kind == "declared" and s.name == party.name]
    return {
        "name": party.name,
        "hosts": list(party.hosts),
        "purpose": party.purpose,
        "location": party.location,
        "retention": party.retention,
        "receives": list(party.receives),
        "passed": sum(stream.passed for stream in streams),
        "refused": sum(stream.refused for stream in streams),
    }


def _stream(stream: Stream) -> dict[str, Any]:
    return {
        "into": stream.into,
        "kind": stream.kind,
        "group": stream.group,
        "name": stream.name,
        "detail": stream.detail,
        "passed": stream.passed,
        "refused": stream.refused,
        "failed": stream.failed,
    }

"""A service that renders content forgets it with the answer."""

from __future__ import annotations

from collections.abc import Iterator

from forgesim.claims.case import Case, parts
from forgesim.claims.conclude import Findings, Ground, conclude, not_applicable, pairs_bound, trials_of
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.counted import counted
from forgesim.ledger.records import Trial
from forgesim.manifest.types import has_content

__all__ = ["CLAIM", "KEPT", "RENDERED", "RENDERERS"]

NAME = "rendering_keeps_nothing"
RENDERERS = frozenset({"aws-lambda"})
"""Kinds of service that run a vendor's code on content."""

RENDERED, KEPT = "rendered", "kept"
"""Trial channels. ``rendered``: ``a`` is what the warm service answered to B after A, ``again`` the same once more,
``b`` what a fresh one answered to B. ``kept``: ``a`` is what was left of A in the warm service's process and files,
``again`` the same once more, ``b`` what a fresh one has; or all that its variables hold after A, twice, and after B."""


def judge(case: Case) -> Verdict:
    """Broken by an answer that depends on an earlier request, and by content or files that outlive theirs."""
    services = [party for party in case.trust.subprocessors if party.service.get("kind") in RENDERERS]
    others = list(_elsewhere(case))
    if not services and not others:
        return not_applicable(NAME, case, "no subprocessor that trust.yml names runs code of the app's maker")
    rendered, kept = trials_of(case, RENDERED), trials_of(case, KEPT)
    broken = [*map(_dependent, filter(_differs, rendered)), *map(_left, filter(_differs, kept)), *_files(case)]
    found = Findings(
        broken=broken,
        says_broken="the rendering service keeps something of a request",
        ground=Ground(
            strength=Strength.TESTED,
            says=_says(rendered, kept),
            crossings=sum(trial.crossings for trial in rendered),
        ),
        unexercised="no warm request was made, or none was answered",
        channels=frozenset({"egress"}),
        doubts=[
            *others,
            *([] if kept or not services else [Evidence(0, "nobody looked at what is left in the service's process")]),
        ],
        trials=frozenset({RENDERED, KEPT}),
    )
    return conclude(NAME, case, found)


def _elsewhere(case: Case) -> Iterator[Evidence]:
    """Subprocessors that receive content, and whose code does not run here."""
    for party in case.trust.subprocessors:
        sends = [case.trust.sends[name] for name in party.receives if name in case.trust.sends]
        if party.service.get("kind") not in RENDERERS and any(has_content(part) for s in sends for part in parts(s)):
            where = f"trust.yml:{party.line}" if party.line else None
            yield Evidence(0, f"{party.name} receives content, and what it keeps of it cannot be tried here", where)


def _differs(trial: Trial) -> bool:
    return trial.a == trial.again != trial.b


def _line(trial: Trial) -> str | None:
    line = (trial.first or {}).get("line")
    return line if isinstance(line, str) else None


def _dependent(trial: Trial) -> Evidence:
    what = (trial.first or {}).get("a") or "another answer"
    return Evidence(0, f"a warm service answers otherwise after another's request than a fresh one: {what}",
                    _line(trial))  # fmt: skip


def _left(trial: Trial) -> Evidence:
    what = (trial.first or {}).get("a") or "something of the request"
    return Evidence(0, f"after its answer the service still has {what}", _line(trial))


def _files(case: Case) -> Iterator[Evidence]:
    """Walls that the service's own code met when it tried to write a file."""
    for witness in case.witnesses:
        target = witness.target or ""
        if case.in_service(witness.line) and witness.call == "open" and target.startswith("write"):
            yield Evidence(witness.seq, f"the service tries to write a file: {target}", witness.line)


def _says(rendered: list[Trial], kept: list[Trial]) -> str:
    if not rendered:
        return ""
    looked = (
        f"; of {counted(sum(t.crossings for t in kept), 'request')} nothing was found in its variables, pipes or files"
        if kept
        else ""
    )
    bound = pairs_bound(rendered, "pair of requests", "pairs of requests")
    return f"a warm service answered as a fresh one did: {bound}{looked}"


CLAIM = Claim(
    name=NAME,
    statement="The rendering service was not seen to keep anything of what it renders.",
    why="What a renderer keeps, the next customer's document may show.",
    exercised_by="Requests to a warm service after another site's that it answered, beside the same to a fresh one.",
    broken_by="A warm service's answer that depends on an earlier request; content, variables that depend on content, "
    "unread pipes or files left after an answer; an attempt to write a file.",
    limits="Of the code of the app's maker as it runs here, and of requests that scenarios make; what native memory or "
    "the cloud around it keeps by itself is not seen. What the service logs is judged by logs_hold_no_content.",
    judge=judge,
)

"""What a rehearsal sent, as ``sends`` and ``subprocessors`` of trust.yml, and what web triggers answered."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forgesim.claims.case import Case
from forgesim.claims.declared import FREE_HEADERS, covers_host, host_pattern
from forgesim.claims.wire import Request, body_text, request_of, strict_json
from forgesim.draft.stores import Untold
from forgesim.draft.values import CannotTellError, Raw, Sample, type_of
from forgesim.ledger.read import Crossing
from forgesim.manifest.addresses import is_host
from forgesim.manifest.model import Manifest
from forgesim.manifest.types import World

__all__ = ["PartyDraft", "SendDraft", "answers_of", "parties_of", "sends_of"]

_TEXT = re.compile(r"[A-Za-z0-9_./-]+")


@dataclass(frozen=True, slots=True)
class SendDraft:
    """A request, or an answer of a web trigger, part by part as trust.yml writes it."""

    name: str
    host: str
    parts: Mapping[str, Raw]
    requests: int


@dataclass(slots=True)
class PartyDraft:
    """Who stands behind a host of the manifest, as far as an app can tell: nothing but the host."""

    host: str
    receives: list[str] = field(default_factory=list)


def sends_of(case: Case, words: Collection[str]) -> tuple[list[SendDraft], list[Untold]]:
    """The requests by host, method and path; texts that are nothing else are content, and a human has to confirm it."""
    groups: dict[tuple[str, str, str], list[tuple[Request, World]]] = {}
    for crossing in case.on("egress"):
        request = request_of(crossing)
        if crossing.decided.decision.allow and request.host:
            groups.setdefault((request.host, request.method, request.path), []).append((request, case.world(crossing)))
    found: list[SendDraft] = []
    untold: list[Untold] = []
    for (host, method, path), requests in groups.items():
        name = _name(host, path, [each.name for each in found])
        try:
            parts = _parts(method, path, requests, words)
        except CannotTellError as error:
            untold.append(Untold(f"{method} to {host}", str(error)))
        else:
            found.append(SendDraft(name, host, parts, len(requests)))
    return found, untold


def parties_of(manifest: Manifest, sends: Sequence[SendDraft]) -> tuple[list[PartyDraft], list[Untold]]:
    """A subprocessor for each host that the manifest names, with what was sent to it."""
    found: dict[str, PartyDraft] = {}
    untold: list[Untold] = []
    for entry in manifest.addresses():
        host = host_pattern(entry.address)
        if not is_host(host):
            untold.append(Untold(f"the address {entry.address}", "is not one host: no party can be named for it"))
            continue
        party = found.setdefault(host, PartyDraft(host))
        party.receives += [send.name for send in sends if covers_host([host], send.host)]
    for party in found.values():
        party.receives = list(dict.fromkeys(party.receives))
    return list(found.values()), untold


def answers_of(case: Case, words: Collection[str]) -> tuple[list[SendDraft], list[Untold]]:
    """What each web trigger answered: nothing of it may be content, for anybody may hold its URL."""
    groups: dict[str, list[tuple[Any, World]]] = {}
    for crossing in case.on("webtrigger"):
        value = _answer(crossing)
        if isinstance(value, dict) and "statusCode" in value:
            groups.setdefault(crossing.decided.target, []).append((value, case.world(crossing)))
    found: list[SendDraft] = []
    untold: list[Untold] = []
    for key, answers in groups.items():
        try:
            statuses = list(dict.fromkeys(str(value["statusCode"]) for value, _ in answers))
            parts: dict[str, Raw] = {"status": f"const {statuses[0]}" if len(statuses) == 1 else list(statuses)}
            headers = [(_headers(value), world) for value, world in answers]
            if own := _pairs(headers, words, content=False, free=FREE_HEADERS):
                parts["headers"] = own
            bodies = [(value.get("body"), world) for value, world in answers if value.get("body")]
            if bodies:
                parts["body"] = _maybe(_body(bodies, words, content=False), len(bodies) < len(answers))
        except CannotTellError as error:
            untold.append(Untold(f"the answer of {key}", str(error)))
        else:
            found.append(SendDraft(key, "", parts, len(answers)))
    return found, untold


def _answer(crossing: Crossing) -> Any:
    try:
        return strict_json(body_text(crossing.decided.body))
    except (ValueError, RecursionError):
        return None


def _headers(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The headers, with the text beside the status as one of them, as the claims have it."""
    given, status = answer.get("headers"), answer.get("statusText")
    found = [
        (str(name).lower(), str(each))
        for name, values in (given.items() if isinstance(given, dict) else ())
        for each in (values if isinstance(values, list) else [values])
    ]
    return found if status is None else [*found, ("statustext", str(status))]


def _parts(
    method: str, path: str, requests: Sequence[tuple[Request, World]], words: Collection[str]
) -> Mapping[str, Raw]:
    parts: dict[str, Raw] = {"method": f"const {method}", "path": _literal(path)}
    queries = [(list(request.query), world) for request, world in requests]
    if query := _pairs(queries, words, content=True):
        parts["query"] = query
    headers = [([(name.lower(), value) for name, value in request.headers], world) for request, world in requests]
    if own := _pairs(headers, words, content=True, free=FREE_HEADERS):
        parts["headers"] = own
    bodies = [(request.body, world) for request, world in requests if request.body]
    if bodies:
        parts["body"] = _maybe(_body(bodies, words, content=True), len(bodies) < len(requests))
    return parts


def _literal(path: str) -> Raw:
    return f"const {path}" if _TEXT.fullmatch(path.removeprefix("/") or "x") and not path.isdigit() else [path]


def _pairs(
    seen: Sequence[tuple[Sequence[tuple[str, str]], World]],
    words: Collection[str],
    *,
    content: bool,
    free: Collection[str] = (),
) -> Raw | None:
    """A query or headers as a map of types; values are text, and a number is read from its spelling."""
    maps: list[Sample] = []
    for pairs, world in seen:
        maps.append(({name: _scalar(value) for name, value in pairs if name not in free}, world))
    if not any(value for value, _ in maps):
        return None
    return type_of(maps, words, content=content)


def _scalar(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"0|[1-9]\d{0,14}", text) else text


def _body(bodies: Sequence[tuple[str, World]], words: Collection[str], *, content: bool) -> Raw:
    samples: list[Sample] = []
    for text, world in bodies:
        try:
            samples.append((strict_json(text), world))
        except (ValueError, RecursionError):
            samples.append((text, world))
    return type_of(samples, words, content=content, path="body")


def _maybe(raw: Raw, absent: bool) -> Raw:
    if not absent or raw == "content":
        return raw
    if isinstance(raw, str):
        return raw if raw.endswith("?") else f"{raw}?"
    raise CannotTellError("body", "is a map or a choice that is absent at times")


def _name(host: str, path: str, taken: Collection[str]) -> str:
    """A name for a request: the host's, and of several there the path's last word too."""
    last = next((part for part in reversed(path.split("/")) if re.fullmatch(r"[a-z][a-z-]*", part)), "request")
    base = f"{host.split('.')[-2] if host.count('.') else host}-{last}"
    return next(
        name for number in range(len(taken) + 1) if (name := f"{base}-{number}" if number else base) not in taken
    )

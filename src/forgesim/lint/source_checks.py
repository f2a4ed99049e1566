"""Checks of what the source calls beside what the manifest grants: scopes for product calls, hosts for fetches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from forgesim.lint.calls import HOLE, Fetch, ProductCall
from forgesim.lint.finding import Finding, Rule, Severity
from forgesim.lint.frontend import calls_products
from forgesim.lint.place import covers, covers_place, place_of_address, place_of_url
from forgesim.lint.subject import Subject, part
from forgesim.lint.trust import PRODUCT_SCOPES
from forgesim.manifest.addresses import host_of
from forgesim.scopes.needs import STORAGE_SCOPE, uses
from forgesim.scopes.table import Match, decide, find, normalise, operations

__all__ = [
    "RULES",
    "fetches",
    "identities",
    "not_literal",
    "not_python",
    "product_calls",
    "storage_scope",
    "unused_egress",
    "unused_scopes",
]

NOT_PYTHON: Final = Rule(
    name="source-broken",
    severity="error",
    why="A file that is no Python, or nested too deeply, cannot be run here, and its calls cannot be told.",
    do="correct the file",
)
SCOPE_MISSING: Final = Rule(
    name="scope-missing",
    severity="error",
    why="The platform answers 401 to a call for which no documented alternative of scopes is granted whole.",
    do="add the scopes of one alternative",
)
OPERATION_UNKNOWN: Final = Rule(
    name="operation-unknown",
    severity="warning",
    why="No document of the product has an operation with this method and path; forgesim answers 401 to it.",
    do="correct the method or the path",
)
OPERATION_CLOSED: Final = Rule(
    name="operation-not-for-apps",
    severity="error",
    why="The operation is documented, and no app may call it, whatever its scopes.",
    do="use another operation",
)
OPERATION_RETIRED: Final = Rule(
    name="operation-retired",
    severity="error",
    why="The product answers 410 to it.",
    do="use the operation that took its place",
)
PATH_REFUSED: Final = Rule(
    name="path-refused",
    severity="error",
    why="The platform refuses a path that is no plain absolute one, or that leaves the API it starts in.",
    do="write a path such as /wiki/api/v2/pages/{id}",
)
PATH_BY_HAND: Final = Rule(
    name="path-by-hand",
    severity="warning",
    why="A value that is joined into a path by hand is not checked: with ../ in it the call becomes another one.",
    do='write route("/wiki/api/v2/pages/{id}", id=…)',
)
IMPERSONATION: Final = Rule(
    name="impersonation-undeclared",
    severity="warning",
    why="as_user(account) for somebody else is refused unless the operation's scopes say allowImpersonation: true.",
    do="declare the scopes as a map with allowImpersonation: true",
)
NO_IDENTITY: Final = Rule(
    name="call-without-identity",
    severity="warning",
    why="Whom a call without as_user() or as_app() acts for is not documented; here the user, where there is one.",
    do="write api.as_user() or api.as_app()",
)
STORAGE_MISSING: Final = Rule(
    name="storage-scope-missing",
    severity="error",
    why="The platform refuses whatever an app stores without storage:app.",
    do="add storage:app to permissions.scopes",
)
SCOPE_UNUSED: Final = Rule(
    name="scope-unused",
    severity="note",
    why="No call of the source needs the scope; told only where every call is literal and the front end makes none.",
    do="leave it out, or keep asks_least_scopes from being claimed",
)
FETCH_UNDECLARED: Final = Rule(
    name="fetch-undeclared",
    severity="error",
    why="The platform blocks a fetch to a host that permissions.external.fetch.backend does not have; a warning where "
    "the customer configures egress.",
    do="declare the host under permissions.external.fetch.backend",
)
FETCH_SCHEME: Final = Rule(
    name="fetch-not-https",
    severity="error",
    why="Nothing but https leaves the platform, and wss where it is declared.",
    do="write an https:// URL",
)
EGRESS_UNUSED: Final = Rule(
    name="egress-unused",
    severity="warning",
    why="No fetch of the source goes there, so the entry is stale; a note where a subprocessor of trust.yml is behind "
    "it, or where some URLs are not literal.",
    do="take it out here",
)
NOT_LITERAL: Final = Rule(
    name="calls-not-literal",
    severity="note",
    why="Calls whose path, method or URL stands only at run time: what they need is not checked here, prove tests it.",
    do="prove the app: there such calls are made",
)
RULES: Final = (
    NOT_PYTHON, SCOPE_MISSING, OPERATION_UNKNOWN, OPERATION_CLOSED, OPERATION_RETIRED, PATH_REFUSED, PATH_BY_HAND,
    IMPERSONATION, NO_IDENTITY, STORAGE_MISSING, SCOPE_UNUSED, FETCH_UNDECLARED, FETCH_SCHEME, EGRESS_UNUSED,
    NOT_LITERAL,
)  # fmt: skip

_DECIDED: Final = {
    "unknown-route": OPERATION_UNKNOWN, "no-oauth": OPERATION_CLOSED, "retired": OPERATION_RETIRED,
    "scope": SCOPE_MISSING,
}  # fmt: skip
"""Rules of the decision on a call → what a refusal by them is told as."""

_AS: Final = {"user": " as the user", "named user": " as a named user", "app": " as the app"}


def not_python(subject: Subject) -> Iterator[Finding]:
    for file, (line, why) in subject.calls.broken.items():
        yield subject.in_file(file, NOT_PYTHON, why, line)


def product_calls(subject: Subject) -> Iterator[Finding]:
    """Each literal call, decided by the table that the gateway decides by."""
    granted = frozenset(subject.app.manifest.scopes)
    for call in subject.calls.products:
        if call.by_hand:
            what = f"{_named(call)} is joined by hand"
            yield subject.in_file(call.file, PATH_BY_HAND, what, call.line)
        try:
            match = _match(call)
        except ValueError as error:
            yield subject.in_file(call.file, PATH_REFUSED, f"{_named(call)}: {error}", call.line)
            continue
        decision = decide(match, granted)
        if not decision.allow:
            rule = _DECIDED[decision.rule]
            named = _named(call) if match is None else f"{match.operation.name}{_AS.get(call.identity, '')}"
            what = f"{named}: {decision.reason}"
            hint = _alternatives(match) if rule is SCOPE_MISSING else None
            yield subject.in_file(call.file, rule, what, call.line, hint)


def identities(subject: Subject) -> Iterator[Finding]:
    allowed = frozenset(scope for scope, may in subject.app.manifest.scopes.items() if may)
    for call in subject.calls.products:
        if call.identity == "none":
            yield subject.in_file(call.file, NO_IDENTITY, f"{_named(call)} names nobody to act for", call.line)
        match = _found(call) if call.identity == "named user" else None
        if match is not None and not any(each and allowed.issuperset(each) for each in match.operation.alternatives):
            what = f"{match.operation.name} as a named user: no scope of it allows impersonation"
            yield subject.in_file(call.file, IMPERSONATION, what, call.line)


def storage_scope(subject: Subject) -> Iterator[Finding]:
    stores = subject.calls.stores
    if stores is not None and STORAGE_SCOPE not in subject.app.manifest.scopes:
        what = f"the app stores, and {STORAGE_SCOPE} is not among its scopes"
        yield subject.in_file(stores[0], STORAGE_MISSING, what, stores[1])


def unused_scopes(subject: Subject) -> Iterator[Finding]:
    """Scopes of documented operations, and that of storage, where nothing can hide a use of them."""
    calls = subject.calls
    if calls.other_products or calls.broken or calls_products(subject.app) or _is_unread(subject):
        return
    granted = frozenset(subject.app.manifest.scopes)
    used = {scope for call in calls.products if (match := _found(call)) for scope in uses(match.operation, granted)}
    used |= {STORAGE_SCOPE} if calls.stores or part(subject.app.manifest.data, "app", "storage") else set()
    known = {scope for each in operations() for list_ in each.alternatives for scope in list_} | {STORAGE_SCOPE}
    for scope in subject.app.manifest.scopes:
        if scope in known and scope not in used and not _wants_events(subject, scope):
            line = subject.scope_line(scope)
            yield subject.in_manifest(SCOPE_UNUSED, f"no call of the source needs {scope}", line)


def fetches(subject: Subject) -> Iterator[Finding]:
    """Each literal URL beside the addresses of the back end."""
    places = [place_of_address(entry.address) for entry in subject.app.manifest.backend_egress()]
    configurable = part(subject.app.manifest.data, "permissions", "external", "configurable", "enabled") is True
    for call in subject.calls.fetches:
        place = place_of_url(call.url.replace(HOLE, "x"))
        if place is None or place.scheme not in ("https", "wss"):
            what = (
                f"fetch of {_shown(call)}: {'not an absolute URL' if place is None else f'{place.scheme} is refused'}"
            )
            yield subject.in_file(call.file, FETCH_SCHEME, what, call.line)
        elif not any(wide is not None and covers_place(wide, place) for wide in places):
            severity: Severity | None = "warning" if configurable else None
            what = f"fetch of {_shown(call)}: {place.host} is not declared for {place.scheme} on port {place.port}"
            yield subject.in_file(call.file, FETCH_UNDECLARED, what, call.line, severity=severity)


def unused_egress(subject: Subject) -> Iterator[Finding]:
    """Addresses of the back end to which no literal URL goes."""
    calls = subject.calls
    if calls.broken or _is_unread(subject):
        return
    places = [place_of_url(call.url.replace(HOLE, "x")) for call in calls.fetches]
    hosts = [host for party in subject.app.trust.subprocessors for host in party.hosts]
    for entry in subject.app.manifest.backend_egress():
        wide = place_of_address(entry.address)
        if wide is None or any(place is not None and covers_place(wide, place) for place in places):
            continue
        has_party = any(covers(known, host_of(entry.address)) for known in hosts)
        if calls.other_fetches and has_party:
            continue
        some = "no literal fetch" if calls.other_fetches else "no fetch"
        severity: Severity | None = "note" if calls.other_fetches or has_party else None
        what = f"{some} of the source goes to {entry.address}"
        yield subject.in_manifest(EGRESS_UNUSED, what, entry.line, severity=severity)


def not_literal(subject: Subject) -> Iterator[Finding]:
    """One note for all of them, at the first."""
    calls = subject.calls
    if _is_unread(subject):
        yield subject.in_manifest(NOT_LITERAL, "the source is JavaScript, whose calls are not read", None)
    places = [*calls.other_products, *(each for each in calls.other_fetches if each not in calls.other_products)]
    if places:
        (file, line), count = places[0], len(places)
        what = f"{count} call{'s are' if count > 1 else ' is'} not literal"
        more = ", ".join(f"{name}:{number}" for name, number in places[1:6])
        yield subject.in_file(file, NOT_LITERAL, f"{what}{f'; also {more}' if more else ''}", line)


def _is_unread(subject: Subject) -> bool:
    """Whether nothing can be said of what the source does not call, as its language is not read."""
    return subject.app.language != "python"


def _match(call: ProductCall) -> Match | None:
    """The documented operation. Raises ValueError where the platform refuses the path."""
    return find(call.remote, call.method, normalise(call.path)[0])


def _found(call: ProductCall) -> Match | None:
    try:
        return _match(call)
    except ValueError:
        return None


def _named(call: ProductCall) -> str:
    path = call.path.partition("?")[0]
    return f"{call.method} {path}{_AS.get(call.identity, '')}"


def _alternatives(match: Match | None) -> str:
    lists = [" and ".join(each) for each in match.operation.alternatives] if match else []
    return f"add {' — or '.join(lists)}" if lists else SCOPE_MISSING.do


def _shown(call: Fetch) -> str:
    return call.url.replace(HOLE, "{value}")


def _wants_events(subject: Subject, scope: str) -> bool:
    """Whether a trigger waits for an event of the product that the scope is about."""
    about = scope.replace("-", ":").split(":")
    for module in subject.app.manifest.modules:
        for event in module.data.get("events") or () if module.type == "trigger" else ():
            name = event.get("eventType", "") if isinstance(event, dict) else event
            product = [*str(name).split(":"), ""][1]
            if any(each in about for each in PRODUCT_SCOPES.get(product, ())):
                return True
    return False

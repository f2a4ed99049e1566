"""Comparing what was read with the ``reads`` of trust.yml: what a rule is about, and what lies within it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from forgesim.claims.case import Case
from forgesim.ledger.read import Crossing, Invocation
from forgesim.ledger.records import Open
from forgesim.manifest.model import ReadRule
from forgesim.scopes.table import find, normalise

__all__ = ["KINDS", "Attempt", "attempt_of", "outside", "rules_of"]

KINDS: Mapping[str, str] = {
    "space": "spaces", "page": "pages", "blogpost": "pages", "comment": "comments", "attachment": "attachments",
    "user": "users", "project": "projects", "board": "boards", "sprint": "sprints", "issue": "issues",
}  # fmt: skip
"""Kind of a ref (``page/123``) → the kind that a rule names."""

CONTAINERS = frozenset({"spaces", "projects", "boards"})
"""Kinds for which ``of`` something inside means what it lies in: ``spaces of payload.pageId``."""

SEGMENTS: Mapping[str, str] = {
    "spaces": "space", "space": "space", "pages": "page", "content": "page", "blogposts": "blogpost",
    "descendants": "page", "children": "page", "child": "page", "comments": "comment", "comment": "comment",
    "footer-comments": "comment", "inline-comments": "comment", "attachments": "attachment", "attachment": "attachment",
    "users-bulk": "user", "users": "user", "user": "user", "projects": "project", "project": "project",
    "boards": "board", "board": "board", "sprints": "sprint", "sprint": "sprint", "issues": "issue", "issue": "issue",
    "changelog": "issue", "backlog": "issue",
}  # fmt: skip
"""Segments of documented paths → the kind of what stands there."""

NOTHING = frozenset({"", "[object Object]", "None", "NaN", "nan", "null", "undefined"})
"""What languages write in a path where no value was given, or none that has a text of its own. No id and no key of a
thing is spelled so, and a request for it asks for nothing."""

_PARAMETER = re.compile(r"\{[^}]*\}")

Attempt = tuple[str | None, str | None]
"""What a path asks for: the ref in it (``space/10``) and the kind of what is listed under it, or of the thing."""


def rules_of(case: Case, opened: Open) -> Sequence[ReadRule] | None:
    """The rules of the resolver or function; null where trust.yml has none for it."""
    reads = case.trust.reads
    names = [opened.function] if opened.resolver is None else [f"{opened.function}/{opened.resolver}", opened.resolver]
    return next((reads[name] for name in names if name in reads), None)


def attempt_of(crossing: Crossing) -> Attempt:
    """What a read asks for by its path, whatever came back: ``(space/10, page)`` for the pages of a space."""
    asked = crossing.decided
    remote = "jira" if asked.channel == "jira" else "confluence"
    try:
        path, _ = normalise(asked.target)
    except ValueError:
        return None, None
    match = find("jira" if remote == "jira" else "confluence", asked.verb, path)
    if match is None:
        return None, None
    ref, kind, last = None, None, None
    for segment in match.operation.path.strip("/").split("/"):
        if _PARAMETER.fullmatch(segment):
            if last is not None:
                ref = f"{last}/{_bare(last, match.params[segment[1:-1]])}"
            continue
        last = SEGMENTS.get(segment)
        kind = last or kind
    if kind is None and remote == "jira" and "/search" in match.operation.path:
        kind = "issue"
    return ref, kind


def _bare(kind: str, id_: str) -> str:
    """An id as refs have it: the REST API writes ``att`` before those of attachments."""
    return id_.removeprefix("att") if kind == "attachment" else id_


def outside(case: Case, crossing: Crossing, invocation: Invocation, rules: Sequence[ReadRule]) -> Iterator[str]:
    """What of a read lies outside the rules, each in words; refs that the answer shows, else what the path asks."""
    answer = crossing.answered
    refs = answer.reads if answer is not None else ()
    run = case.ledger.runs.get(crossing.decided.run)
    parents = case.parents(run) if run else {}
    within = _Within(rules, invocation.open, parents)
    if refs:
        yield from dict.fromkeys(within.beyond(ref) for ref in refs if not within.covers(ref))
        return
    ref, kind = attempt_of(crossing)
    if kind is None:
        return
    if ref is not None and unquote(ref.partition("/")[2]) in NOTHING:
        return
    if ref is not None and ref.partition("/")[0] == kind:
        if not within.covers(ref):
            yield within.beyond(ref)
    elif not within.covers_list(kind, ref):
        yield f"{KINDS[kind]}{f' of {ref}' if ref else ''}, which are not of its purpose"


class _Within:
    """What the rules of one function allow in one invocation."""

    def __init__(self, rules: Sequence[ReadRule], opened: Open, parents: Mapping[str, str]) -> None:
        self._parents = parents
        self._any = {rule.kind for rule in rules if rule.source is None}
        self._of: dict[str, set[str]] = {}
        for rule in rules:
            if rule.source is not None:
                self._of.setdefault(rule.kind, set()).update(self._targets(rule, opened))

    def beyond(self, ref: str) -> str:
        """Why a thing may not be read: nothing of its kind may, or not this one."""
        kind = KINDS.get(ref.partition("/")[0])
        if kind is not None and kind not in self._any and kind not in self._of:
            return f"{kind}, which its reads do not name"
        return f"{ref}, which is none of its {kind or 'kinds'}"

    def covers(self, ref: str) -> bool:
        """Whether a thing may be read: its kind anywhere, or it is, or lies in, what a rule restricts its kind to."""
        kind = KINDS.get(ref.partition("/")[0])
        if kind is None or kind in self._any:
            return kind is not None
        targets = self._of.get(kind, set())
        if not targets:
            return False
        above = self._above(ref)
        if not targets.isdisjoint(above):
            return True
        if kind == "issues" and any(self._projects(target) & above for target in targets):
            return True
        return kind in CONTAINERS and any(ref in self._above(target) for target in targets)

    def covers_list(self, kind: str, of: str | None) -> bool:
        """Whether things of a kind may be asked for, ``of`` a ref where the path names one."""
        named = KINDS[kind]
        if named in self._any:
            return True
        targets = self._of.get(named, set())
        return bool(targets) if of is None else not targets.isdisjoint(self._above(of))

    def _projects(self, target: str) -> set[str]:
        """The project of a board or a sprint, whose issues are what it shows."""
        if target.partition("/")[0] not in ("board", "sprint"):
            return set()
        return {ref for ref in self._above(target) if ref.startswith("project/")}

    def _above(self, ref: str) -> set[str]:
        found = {ref}
        while ref in self._parents and self._parents[ref] not in found:
            ref = self._parents[ref]
            found.add(ref)
        return found

    def _targets(self, rule: ReadRule, opened: Open) -> Iterator[str]:
        """The refs that a rule's value may mean: ids and keys say no kind, the name often does."""
        value = _value(rule, opened)
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, str | int | float):
                continue
            spelled = each if isinstance(each, str) else json.dumps(each)  # as the value stands in a path
            for kind in _kinds(rule):
                ref = f"{kind}/{spelled}"
                yield ref
                above = self._parents.get(ref)
                if above is not None and above.partition("/")[0] == kind and not spelled.isdigit():
                    yield above  # a key stands for its id


def _kinds(rule: ReadRule) -> Sequence[str]:
    name = (rule.name or "").lower()
    named = [kind for kind in KINDS if kind in name]
    if "content" in name:
        named.append("page")
    if "account" in name:
        named.append("user")
    return named or list(KINDS)


def _value(rule: ReadRule, opened: Open) -> Any:
    """The value in the payload, or in the context of the call as far as the ledger has it."""
    value: Any = opened.input
    names = (rule.name or "").split(".")
    if rule.source == "context":
        if names in (["accountId"], ["account_id"]):
            return opened.principal
        within = value.get("context") if isinstance(value, dict) else None
        value = within if opened.context is None else opened.context
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value

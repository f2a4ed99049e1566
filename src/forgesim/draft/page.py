"""The draft as a file: trust.yml with a mark at all that a human has to confirm, and what could not be declared."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from forgesim.claims.case import Case
from forgesim.claims.catalog import CATALOG
from forgesim.claims.declared import covers_host
from forgesim.claims.judge import judge
from forgesim.claims.kit import Outcome, Verdict
from forgesim.draft.reads import reads_of
from forgesim.draft.sends import PartyDraft, SendDraft, answers_of, parties_of, sends_of
from forgesim.draft.stores import StoreDraft, Untold, stores_of
from forgesim.draft.values import words_of
from forgesim.errors import InputError, InternalError
from forgesim.manifest.app_files import read_scripts
from forgesim.manifest.load import trust_from_text
from forgesim.manifest.model import App
from forgesim.proof.rehearsal import Rehearsed, Tried

__all__ = ["MARK", "Draft", "draft"]

STEP_FIELDS = frozenset({"as", "call", "trigger", "schedule", "webtrigger", "with", "context", "sampled"})
MARK = "confirm"
"""The word at each line that forgesim wrote from what it saw, and nobody has agreed to."""

POSTHOG = ("*.posthog.com",)
"""Hosts of the one vendor whose service comes with forgesim."""

HEAD = f"""\
A DRAFT by `forgesim init`: what the app did in one rehearsal on a made-up site, and not what anybody promises.
A privacy page says what an app may do. Read every line marked "{MARK}", make it as narrow as your promise, correct
what is wrong, and take the mark away. Then: forgesim prove (this folder). What is not declared here is a violation.
docs/trust.md of forgesim says what each line may be.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """``text`` is the file; ``marks`` how many lines want a human; ``untold`` what no type fits; ``broken`` the claims
    that the rehearsal breaks even so."""

    text: str
    marks: int
    untold: tuple[Untold, ...]
    broken: tuple[Verdict, ...]
    tried: tuple[Tried, ...]


def draft(app: App, rehearsed: Rehearsed, *, site: str) -> Draft:
    """The draft for an app that ``load_undeclared`` gave, from its rehearsal on ``site``."""
    case = Case(rehearsed.ledger, app.trust, fast=True)
    words = words_of({**app.sources, **read_scripts(app.path)})
    stores, untold = stores_of(case, words)
    sends, unsent = sends_of(case, words)
    parties, unnamed = parties_of(app.manifest, sends)
    answers, unanswered = answers_of(case, words)
    untold += [*unsent, *unnamed, *unanswered]
    page = _Page(app, site, reads_of(case), stores, parties, sends, answers, any(True for _ in case.on("log")))
    tried = rehearsed.tried
    trust = _read(app, page.text(untold, tried, ()))
    verdicts = judge(rehearsed.ledger, trust)
    silent = {verdict.claim for verdict in verdicts if verdict.outcome is Outcome.NOT_APPLICABLE}
    text = page.text(untold, tried, [claim.name for claim in CATALOG if claim.name not in silent])
    _read(app, text)
    broken = tuple(verdict for verdict in verdicts if verdict.outcome is Outcome.BROKEN)
    marks = sum(line.rstrip().endswith(f"# {MARK}") or f"# {MARK}:" in line for line in text.splitlines())
    return Draft(text=text, marks=marks, untold=tuple(untold), broken=broken, tried=tried)


def _read(app: App, text: str) -> Any:
    try:
        return trust_from_text(text, app.trust.path)
    except InputError as error:
        raise InternalError(f"the draft is no trust.yml: {error}") from None


@dataclass(frozen=True, slots=True)
class _Page:
    app: App
    site: str
    reads: Mapping[str, str]
    stores: Sequence[StoreDraft]
    parties: Sequence[PartyDraft]
    sends: Sequence[SendDraft]
    answers: Sequence[SendDraft]
    logs: bool

    def text(self, untold: Sequence[Untold], tried: Sequence[Tried], claims: Sequence[str]) -> str:
        """The file with sentences for these claims."""
        page = CommentedMap()
        page.yaml_set_start_comment(HEAD)
        page["app"] = self.app.name
        _put(page, "vendor", "to be told", "who publishes the app")
        _put(page, "purpose", "to be told", "what it is for")
        self._parties(page)
        page["reads"] = reads = CommentedMap()
        for name, rules in self.reads.items():
            _put(reads, name, rules or None, "" if rules else "it read nothing")
        self._stores(page, untold)
        if self.sends:
            page["sends"] = sends = CommentedMap()
            for send in self.sends:
                _put(sends, send.name, _parts(send), _about(send, "sent"))
        else:
            page["sends"] = _flow({})
        if self.answers:
            page["answers"] = answers = CommentedMap()
            for answer in self.answers:
                _put(answers, answer.name, _parts(answer), _about(answer, "answered"))
        _put(page, "logs", "metadata" if self.logs else "nothing")
        page["claims"] = "all"
        if claims:
            self._sentences(page, claims)
        self._scenarios(page, tried)
        out = io.StringIO()
        yaml = YAML()
        yaml.width = 4_096  # a mark stands on the line that it is about
        yaml.indent(mapping=2, sequence=4, offset=2)
        yaml.dump(page, out)
        return out.getvalue()

    def _parties(self, page: CommentedMap) -> None:
        listed = CommentedSeq()
        for party in self.parties:
            one = CommentedMap()
            _put(one, "name", party.host, "the legal party behind the host")
            if known := covers_host(POSTHOG, party.host):
                one["hosts"] = _flow([party.host])
            else:
                _put(one, "hosts", _flow([party.host]), "until a service is named here, proofs get no answer from it")
            for name in ("purpose", "location", "retention"):
                _put(one, name, "to be told")
            if party.receives:
                one["receives"] = _flow(list(party.receives))
            if known:
                one["service"] = _flow({"kind": "posthog"})
            listed.append(one)
        page["subprocessors"] = listed if self.parties else _flow([])

    def _stores(self, page: CommentedMap, untold: Sequence[Untold]) -> None:
        listed = CommentedSeq()
        for store in self.stores:
            one = CommentedMap()
            one["in"] = store.place
            _put(one, "key", store.key, f"{store.writes} written")
            one["value"] = _commented(store.value)
            listed.append(one)
        page["stores"] = listed if self.stores else _flow([])
        if untold:
            told = "\n".join(f"{each.what}: {each.why}" for each in untold)
            page.yaml_set_comment_before_after_key("stores", before=f"\nNOT DECLARED, for no type fits it:\n{told}")

    def _sentences(self, page: CommentedMap, claims: Sequence[str]) -> None:
        listed = CommentedSeq()
        says = {claim.name: claim.statement for claim in CATALOG}
        for name in claims:
            one = CommentedMap()
            _put(one, "says", says[name])
            one["claims"] = _flow([name])
            listed.append(one)
        page["sentences"] = listed

    def _scenarios(self, page: CommentedMap, tried: Sequence[Tried]) -> None:
        listed = CommentedSeq()
        for each in tried:
            step = {name: value for name, value in each.scenario.steps[0].data.items() if name in STEP_FIELDS}
            if not each.ok:
                step["expect"] = "error"
            one = CommentedMap()
            _put(one, "name", each.scenario.name, "" if each.ok else "it failed with this payload: give one that works")
            one["site"] = self.site
            one["steps"] = [_flow(step)]
            listed.append(one)
        page["scenarios"] = listed


def _put(page: CommentedMap, name: str, value: Any, why: str = "") -> None:
    """A member with the mark at its line."""
    page[name] = value
    comment = f"{MARK}: {why}" if why else MARK
    if isinstance(value, CommentedMap):
        page.yaml_set_comment_before_after_key(name, before=comment, indent=2)
    else:
        page.yaml_add_eol_comment(comment, name, column=0)


def _parts(send: SendDraft) -> CommentedMap:
    parts = CommentedMap()
    for name, raw in send.parts.items():
        parts[name] = _commented(raw)
    return parts


def _about(send: SendDraft, verb: str) -> str:
    many = "1 time" if send.requests == 1 else f"{send.requests} times"
    content = "; CONTENT may be in it" if "content" in repr(dict(send.parts)) else ""
    return f"{verb} {many}{content}"


def _commented(raw: Any) -> Any:
    """Maps in block style; a short one of words on one line reads like the hand-written ones."""
    if isinstance(raw, dict):
        block = CommentedMap()
        for name, of in raw.items():
            block[name] = _commented(of)
        return block
    return _flow(raw) if isinstance(raw, list) else raw


def _flow(value: Any) -> Any:
    """The value on one line."""
    inner: CommentedMap | CommentedSeq
    match value:
        case dict():
            inner = CommentedMap()
            for name, of in value.items():
                inner[name] = _flow(of)
        case list() | tuple():
            inner = CommentedSeq(_flow(of) for of in value)
        case _:
            return value
    inner.fa.set_flow_style()
    return inner

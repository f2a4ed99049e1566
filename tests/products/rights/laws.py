"""What holds of every read, whoever asks: an answer tells what is visible, all of it, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import takewhile
from urllib.parse import unquote

from tests.products.rights.asking import Answered, Probe, Seen, pages_of
from tests.products.rights.canaries import Words
from tests.products.rights.oracle import is_member

__all__ = ["faults"]

Ask = Callable[[str, str, object], Answered]

NO_ACCESS = (401, 403)
"""What somebody who may not use the site at all is told, where it is not a 404."""


def faults(ask: Ask, seen: Seen, words: Words, method: str, probe: Probe) -> Iterator[str]:
    """Each law that the answers to one call break, as a sentence."""
    answers = list(pages_of(ask, method, probe))
    first, member = answers[0], is_member(seen.site, seen.viewer)
    visible = probe.may if probe.may is not None else member if probe.about is None else probe.about in seen.refs
    yield from _status(probe, first, visible=visible, member=member)
    for got in answers:
        yield from _says_only_what_is_visible(got, seen, words, probe)
    if first.status == 200 and visible:
        yield from _lists_all(probe, answers)
    if not visible and probe.missing is not None:
        path, body = probe.missing
        other = ask(method, path, body)
        if _without_names(first, probe, probe.missing) != _without_names(other, probe, probe.missing):
            yield f"hidden is told from missing: {first.status} {first.body!r} is not {other.status} {other.body!r}"


def _status(probe: Probe, got: Answered, *, visible: bool, member: bool) -> Iterator[str]:
    if got.unsupported is not None:
        yield f"not emulated: {got.unsupported}"
    elif visible and probe.found:
        if got.status != 200:
            yield f"visible, but {got.status} {got.body!r}"
    elif visible:
        if not 400 <= got.status < 405:
            yield f"visible, but there is no such thing: {got.status}"
    elif not member and probe.about is None and probe.may is None:
        if got.status not in (200, 404, *NO_ACCESS):
            yield f"nobody of the site is told {got.status}"
    elif got.status not in (probe.hidden, *(() if member else NO_ACCESS)):
        yield f"hidden, but {got.status} {got.body!r}"


def _says_only_what_is_visible(got: Answered, seen: Seen, words: Words, probe: Probe) -> Iterator[str]:
    """Nor may it record more than is visible, or less than it shows. What was asked may be said again."""
    asked = words.shown_in(unquote(f"{probe.path} {probe.body}"))
    shown, reads = words.shown_in(got.text) - asked, set(got.reads)
    named = reads.union(*(words.of[word] for word in shown))
    allowed = seen.refs | (_people(named) if reads & seen.refs else set()) | probe.besides
    for word in shown:
        owners = words.of[word]
        if owners.isdisjoint(allowed):
            yield f"shows {word} of {min(owners)}"
        elif word not in words.quiet and owners.isdisjoint(reads):
            yield f"shows {word} of {min(owners)}, and records {sorted(reads)}"
    if not reads <= allowed:
        yield f"records reading {sorted(reads - allowed)}"
    if got.status >= 400 and reads:
        yield f"refuses, and records reading {sorted(reads)}"


def _people(refs: set[str]) -> set[str]:
    """Who is named in what somebody may see without an account, they may see there."""
    return {each for each in refs if each.startswith("user/")}


def _lists_all(probe: Probe, answers: list[Answered]) -> Iterator[str]:
    if probe.items is not None and probe.expect is not None:
        pages = [probe.items(each.json) for each in answers]
        listed = [ref for page in pages for ref in page]
        if set(listed) != probe.expect:
            more, less = sorted(set(listed) - probe.expect)[:3], sorted(probe.expect - set(listed))[:3]
            yield f"lists {more} too many, leaves out {less}"
        if len(listed) != len(set(listed)) and not listed[0].startswith(("issue/", "label/")):
            yield "lists something twice"
        read = {ref for each in answers for ref in each.reads}
        if not {ref for ref in probe.expect if not ref.startswith(("label/", "change/"))} <= read:
            yield f"lists {sorted(probe.expect - read)[:3]}, and does not record it"
    if probe.count is not None:
        counts = {probe.count(each.json) for each in answers}
        if counts != {probe.total}:
            yield f"counts {counts}, not {probe.total}"


def _without_names(got: Answered, probe: Probe, missing: tuple[str, object]) -> tuple[object, ...]:
    """The answer without what the two calls name: an error may echo it."""
    body = got.body.decode("latin-1")
    pairs = [(unquote(probe.path), unquote(missing[0])), (_told(probe.body), _told(missing[1]))]
    for one, other in pairs:
        for name in _differing(one, other):
            body = body.replace(name, "NAME")
    return got.status, body, got.headers, got.reads


def _told(body: object) -> str:
    return "" if body is None else json.dumps(body)


def _differing(one: str, other: str) -> tuple[str, ...]:
    """What two texts have between the beginning and the end that they share, longest first."""
    before = _alike(one, other)
    after = _alike(one[before:][::-1], other[before:][::-1])
    found = {one[before : len(one) - after], other[before : len(other) - after]} - {""}
    escaped = {json.dumps(each)[1:-1] for each in found}
    return tuple(sorted(found | escaped, key=len, reverse=True))


def _alike(one: str, other: str) -> int:
    """How many characters at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))

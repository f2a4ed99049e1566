"""Playing a scenario otherwise: other payloads, people, times and content, as the source's conditions want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from forgesim.errors import InputError
from forgesim.manifest.model import Scenario, Step
from forgesim.proof.blanks import alter_fields, told_fields
from forgesim.proof.named import named, scattered, within
from forgesim.site.facts import known_ids
from forgesim.site.jira_model import Issue, IssueComment
from forgesim.site.model import Comment, Label, Page, Site
from forgesim.site.storage import storage_problem
from forgesim.site.variables import expand
from forgesim.source.leaves import EACH, EACH_VALUE
from forgesim.source.solve import Want

__all__ = ["alter_content", "alter_structure", "altered_steps", "said_by_browsers", "told"]

GIVEN = ("with", "context")
"""What a step says of a call that may name things of the site."""
MOST_THINGS = 300
"""Comments, labels or pages that a thing is given."""
MOST_CALLS = 60
MOST_CHARACTERS = 60_000


def told(want: Want) -> str:
    """A want in words, for the label of a run."""
    value = repr(want.value)
    short = value if len(value) <= 60 else f"{value[:40]}… ({len(value):,} characters)"
    where = ".".join(want.path)
    match want.kind:
        case "payload" | "context":
            return f"{want.kind} {where} is {short}"
        case "person":
            return f"as {want.value if want.value is not None else 'nobody'}"
        case "calls":
            return f"{want.value} times and once more"
        case "size":
            return f"{where} of size {want.value}"
        case "empty" | "filled":
            return told_fields(want)
        case "time":
            return f"at {want.value} ms"
        case _:
            return f"{want.kind} {short}"


# --- steps --------------------------------------------------------------------------------------------------------


def altered_steps(steps: Sequence[Step], site: Site, wants: Sequence[Want]) -> tuple[Step, ...]:
    """The steps with payloads and people as wanted, as often as wanted, and then once more: what the last call brings
    about may show in those after it."""
    changed = tuple(_altered(step, site, wants) for step in steps)
    times = max((int(want.value) for want in wants if want.kind == "calls"), default=1)
    return changed * (min(times, MOST_CALLS) + (times > 1))


def _altered(step: Step, site: Site, wants: Sequence[Want]) -> Step:
    if step.kind == "together":
        return replace(step, steps=tuple(_altered(each, site, wants) for each in step.steps))
    if step.kind not in ("call", "trigger", "webtrigger"):
        return step
    data = dict(step.data)
    with suppress(InputError):
        data["with"] = expand(data["with"], site) if "with" in data else {}
        data |= {"context": expand(data["context"], site)} if "context" in data else {}
    for want in wants:
        match want.kind:
            case "person" if step.kind == "call":
                data["as"] = want.value
            case "payload":
                data["with"] = _put(data.get("with"), want.path, want.value)
            case "id":
                data |= {part: _swapped(data[part], str(want.value), site) for part in GIVEN if part in data}
            case _:
                continue
    data |= {part: _quoted(data.get(part)) for part in GIVEN if part == "with" or part in data}
    return replace(step, data=data)


def _put(payload: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value
    key, further = path[0], path[1:]
    if key == EACH:
        first, *others = payload if isinstance(payload, list) and payload else [None]
        return [_put(first, further, value), *others]
    inner = dict(payload) if isinstance(payload, Mapping) else {}
    if key == EACH_VALUE:
        return {name: _put(part, further, value) for name, part in (inner or {"1": None}).items()}
    inner[key] = _put(inner.get(key), further, value)
    return inner


def _swapped(payload: Any, wanted: str, site: Site) -> Any:
    """The payload with each id of the wanted one's kind replaced by it."""
    alike = [frozenset(ids) for ids in known_ids(site).values() if wanted in ids]

    def swap(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: swap(part) for key, part in value.items()}
        if isinstance(value, list):
            return [swap(part) for part in value]
        return wanted if any(str(value) in ids for ids in alike) else value

    return swap(payload)


def _quoted(value: Any) -> Any:
    """With each dollar sign doubled: these values are no variables any more."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, Mapping):
        return {key: _quoted(part) for key, part in value.items()}
    return [_quoted(part) for part in value] if isinstance(value, list) else value


def said_by_browsers(wants: Sequence[Want]) -> dict[str, Any]:
    """Fields of the context that browsers are made to say."""
    said: dict[str, Any] = {}
    for want in wants:
        match want.kind:
            case "context" if want.path:
                said = _put(said, want.path, want.value)
            case "locale":
                said["locale"] = want.value
            case "zone":
                said["timezone"] = want.value
            case _:
                continue
    return said


# --- the site -----------------------------------------------------------------------------------------------------


def alter_content(site: Site, scenario: Scenario, wants: Sequence[Want]) -> None:
    """Put wanted words where wanted. Ids, rights and structure stay; the site's own index knows nothing of these words,
    for they are the app's."""
    pages, issues = named(site, scenario)
    for want in wants:
        text = str(want.value)
        match want.kind:
            case "label":
                _label(site, pages, issues, [text])
            case "title":
                _title(site, pages[:1], issues[:1], text)
            case "body":
                _body(pages, issues, text)
            case "comment":
                _comment(pages, issues, text)
            case "content":
                _label(site, pages, issues, [text])
                _body(pages, issues, text)
                _comment(pages, issues, text)
            case "locale" | "zone":
                for user in site.users.values():
                    setattr(user, "locale" if want.kind == "locale" else "time_zone", text)
            case "size" if want.path == ("title",):
                for page in pages[:1]:
                    page.title = (page.title + " " + page.body)[: int(want.value)].ljust(int(want.value), "a")
            case _:
                continue


def alter_structure(site: Site, scenario: Scenario, wants: Sequence[Want]) -> None:
    """Give what the scenario names as much as wanted, or close it to others: what changes ids, rights or the amount of
    content, and so belongs into the record of a site."""
    blanks = [want for want in wants if want.kind in ("empty", "filled")]
    if blanks:
        alter_fields(site, *scattered(site, scenario), blanks)
    for want in wants:
        if want.kind in ("comment", "content"):
            pages, issues = named(site, scenario)
            _more_comments(site, pages, issues, 1)
        if want.kind != "size":
            continue
        pages, issues = named(site, scenario)
        most = max(0, int(want.value))
        match want.path[:1]:
            case ("comment",):
                _more_comments(site, pages, issues, min(most, MOST_THINGS))
            case ("label",):
                _label(site, pages, issues, [f"label-{number}" for number in range(min(most, MOST_THINGS))])
            case ("title",):
                continue
            case ("body",):
                _long(pages, issues, most)
            case ("within",):
                _emptied(*within(site, scenario))
            case ("restricted",):
                for page in pages:
                    page.viewers = [user.account_id for user in site.users.values() if user.admin]
            case _:
                _long(pages, issues, max(most, 20_000) if most > MOST_THINGS else most * 10)
                _more_comments(site, pages, issues, min(most, MOST_THINGS))
                _more_pages(site, pages, min(most, MOST_THINGS))


def _label(site: Site, pages: Sequence[Page], issues: Sequence[Issue], names: Sequence[str]) -> None:
    for page in pages:
        have = {label.name for label in page.labels}
        for name in names:
            if name and name not in have:
                site.next_id += 1
                page.labels.append(Label(id=str(site.next_id), name=name))
    for issue in issues:
        issue.labels = tuple(dict.fromkeys((*issue.labels, *filter(None, names))))


def _title(site: Site, pages: Sequence[Page], issues: Sequence[Issue], text: str) -> None:
    taken = {page.title.casefold() for page in site.pages.values()}
    for page in pages:
        if text.strip() and text.casefold() not in taken:
            page.title = text
    for issue in issues:
        issue.summary = text or issue.summary


def _body(pages: Sequence[Page], issues: Sequence[Issue], text: str) -> None:
    markup = text if "<" in text and storage_problem(text) is None else escape(text)
    for page in pages:
        page.body = f"{markup}\n{page.body}" if text else ""
    for issue in issues:
        if issue.description is None or isinstance(issue.description, str):
            issue.description = f"{text}\n{issue.description or ''}"


def _comment(pages: Sequence[Page], issues: Sequence[Issue], text: str) -> None:
    for page in pages:
        for comment in page.comments[:1]:
            comment.body = f"<p>{escape(text)}</p>"
    for issue in issues:
        for said in issue.comments[:1]:
            said.body = text


def _more_comments(site: Site, pages: Sequence[Page], issues: Sequence[Issue], least: int) -> None:
    """Comments in words of the page's own."""
    for page in pages[:1] if least > 1 else pages:
        while len(page.comments) < least:
            site.next_id += 1
            page.comments.append(
                Comment(
                    id=str(site.next_id),
                    author=page.author,
                    created_at=page.updated_at,
                    body=f"<p>{escape(page.title)}</p>",
                )
            )
    for issue in issues[:1] if least > 1 else issues:
        while len(issue.comments) < least:
            site.next_id += 1
            issue.comments.append(
                IssueComment(
                    id=str(site.next_id), author=issue.creator, created_at=issue.updated_at, body=issue.summary
                )
            )


def _long(pages: Sequence[Page], issues: Sequence[Issue], characters: int) -> None:
    most = min(characters, MOST_CHARACTERS)
    for page in pages[:1]:
        own = page.body or f"<p>{escape(page.title)}</p>"
        page.body = own * (most // max(len(own), 1) + 1) if len(own) < most else "a" * most if most < 200 else own
    for issue in issues[:1]:
        told = issue.description if isinstance(issue.description, str) and issue.description else issue.summary
        issue.description = f"{told}\n" * (most // max(len(told), 1) + 1)


def _emptied(pages: Sequence[Page], issues: Sequence[Issue]) -> None:
    """Spaces without a page that lists show, sprints without an issue. What was in them is still there."""
    for page in pages:
        page.status = "trashed"
    for issue in issues:
        issue.sprints = ()


def _more_pages(site: Site, pages: Sequence[Page], least: int) -> None:
    """Copies of a page beside it, until its space has as many."""
    for page in pages[:1]:
        have = sum(1 for each in site.pages.values() if each.space_id == page.space_id)
        for number in range(have, least):
            site.next_id += 1
            bare = replace(page, comments=[], attachments=[], versions=[], version=1, properties={})
            copy = replace(
                bare,
                id=str(site.next_id),
                title=f"{page.title} {number}",
                labels=list(page.labels),
                position=number,
            )
            site.pages[copy.id] = copy

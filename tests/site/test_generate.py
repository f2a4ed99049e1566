from __future__ import annotations

import html
import re
from collections import Counter

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.site.facts import access_lists, digest, known_ids, parents, scan_index
from forgesim.site.generate import demo, proof
from forgesim.site.lexicon import CANARY_EVERY
from forgesim.site.model import Page, Site
from forgesim.site.storage import marker_ref, plain_text, storage_problem
from forgesim.site.words import MARKERS, WORD

TEXT_FIELDS = ("title", "body", "comments", "attachments", "versions")


def words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text) if not word.isdecimal()]


def bodies(site: Site) -> list[str]:
    pages = site.pages.values()
    return [page.body for page in pages] + [comment.body for page in pages for comment in page.comments]


def markup(body: str) -> list[str]:
    """Element names in order: the structure of a body without its words."""
    return re.findall(r"</?([a-z][\w:-]*)", re.sub(r"<!\[CDATA\[.*?\]\]>", "", body, flags=re.DOTALL))


def structure(page: Page) -> tuple[object, ...]:
    rest = [getattr(page, name) for name in Page.__slots__ if name not in TEXT_FIELDS]
    comments = [
        (c.id, c.author, c.created_at, c.inline, c.resolution, c.parent_id, markup(c.body)) for c in page.comments
    ]
    files = [(a.id, a.media_type, a.created_at, a.author) for a in page.attachments]
    versions = [(v.number, v.at, v.author, v.minor) for v in page.versions]
    return (*rest, comments, files, versions, markup(page.body))


def links(site: Site) -> list[tuple[str, str | None]]:
    """Every page link as (page id, id of the page it leads to or None): titles read as ids."""
    ids = {(page.space_id, page.title): page.id for page in site.pages.values()}
    spaces = {space.key: space.id for space in site.spaces.values()}
    found = []
    for page in site.pages.values():
        for key, title in re.findall(r'<ri:page(?: ri:space-key="(\w+)")? ri:content-title="([^"]*)"', page.body):
            found.append((page.id, ids.get((spaces.get(key, page.space_id), html.unescape(title)))))
    return found


def test_the_same_seed_gives_the_same_company() -> None:
    assert digest(demo(5)) == digest(demo(5))
    assert digest(proof(5)) == digest(proof(5))
    assert digest(demo(5)) != digest(demo(6))


def test_the_company_is_as_described() -> None:
    site = demo(1)
    handles = {user.handle: user for user in site.users.values()}
    assert len(handles) == 12
    assert handles["alice"].admin
    assert sum(not user.active for user in handles.values()) == 2
    assert all(user.email.endswith(("@example.com", "@example.org")) for user in handles.values())
    assert [space.key for space in site.spaces.values()] == ["DOCS", "ENG", "HR"]
    assert Counter(page.kind for page in site.pages.values()) == {"page": 150, "blogpost": 6}
    assert site.clock_ms == EPOCH_MS
    assert all(page.created_at <= page.updated_at < EPOCH_MS for page in site.pages.values())


def test_alice_sees_more_than_bob() -> None:
    site = demo(1)
    lists = {site.users[who].handle: set(refs) for who, refs in access_lists(site).items() if who in site.users}
    assert lists["bob"] < lists["alice"]
    hidden = {ref.partition("/")[0] for ref in lists["alice"] - lists["bob"]}
    assert hidden == {"space", "page", "comment", "attachment", "project", "board", "sprint", "issue", "worklog"}


@pytest.mark.parametrize("seed", range(4))
def test_every_kind_of_health_is_there(seed: int) -> None:
    site = demo(seed)
    pages = [page for page in site.pages.values() if page.status == "current"]
    text = "".join(page.body for page in pages)
    ages = [(EPOCH_MS - page.updated_at) // 86_400_000 for page in pages]
    inactive = {user.account_id for user in site.users.values() if not user.active}
    assert min(ages) <= 30
    assert max(ages) > 365
    assert any(page.owner is None for page in pages)
    assert any(page.owner in inactive for page in pages)
    assert any("<h2>" not in page.body and len(plain_text(page.body)) > 1000 for page in pages)
    assert "<ac:image ac:alt=" in text
    assert "<ac:image><" in text
    assert "TODO" in text
    assert "<table>" in text
    assert 'ac:name="code"' in text
    assert "href=" in text
    targets = {target for _, target in links(site)}
    assert None in targets, "some links are broken"
    assert len(targets) < len(pages), "some pages are linked from nowhere"
    labels = {label.name for page in pages for label in page.labels}
    assert {"needs-review", "outdated"} & labels
    resolutions = {c.resolution for page in pages for c in page.comments if c.inline}
    assert {"open", "resolved"} <= resolutions


@pytest.mark.parametrize("seed", range(8))
def test_the_page_variable_is_a_page_that_everybody_sees(seed: int) -> None:
    site = demo(seed)
    seen = [set(refs) for who, refs in access_lists(site).items() if refs]
    assert all(f"page/{site.variables['page']}" in refs for refs in seen)
    assert all(f"space/{site.variables['space.id']}" in refs for refs in seen)


def test_statuses_other_than_current_are_there_too() -> None:
    count = Counter(page.status for page in demo(1).pages.values() if page.kind == "page")
    assert count == {"current": 145, "archived": 3, "trashed": 1, "draft": 1}


@pytest.mark.parametrize("seed", range(4))
def test_titles_are_unique_in_their_space_and_ids_on_the_site(seed: int) -> None:
    site = demo(seed)
    titles = [(page.space_id, page.title.casefold()) for page in site.pages.values()]
    assert len(set(titles)) == len(titles)
    keyed = ("space", "account", "issue", "project")
    ids = [each for kind, ids in known_ids(site).items() if kind not in keyed for each in ids]
    ids += [*site.issues, *site.projects]
    assert len(set(ids)) == len(ids)
    assert max(map(int, ids)) < site.next_id


@pytest.mark.parametrize("make", [demo, proof])
def test_bodies_are_well_formed(make: object) -> None:
    site = make(2)  # type: ignore[operator]
    assert [storage_problem(body) for body in bodies(site)] == [None] * len(bodies(site))


@pytest.mark.parametrize("make", [demo, proof])
def test_an_inline_comment_hangs_on_words_of_its_page(make: object) -> None:
    site = make(3)  # type: ignore[operator]
    inline = [(page, c) for page in site.pages.values() for c in page.comments if c.inline]
    assert inline
    for page, comment in inline:
        marked = f'<ac:inline-comment-marker ac:ref="{marker_ref(site.cloud_id, comment.id)}">{comment.selection}<'
        assert (marked in page.body) == (comment.resolution != "dangling")


@pytest.mark.parametrize("seed", [1, 2])
def test_proof_is_demo_in_other_words(seed: int) -> None:
    plain, private = demo(seed), proof(seed)
    for name in ("cloud_id", "host", "region", "clock_ms", "variables", "synthetic", "next_id"):
        assert getattr(plain, name) == getattr(private, name)
    assert known_ids(plain) == known_ids(private)
    assert parents(plain) == parents(private)
    assert access_lists(plain) == access_lists(private)
    assert [structure(page) for page in plain.pages.values()] == [structure(page) for page in private.pages.values()]
    assert [(u.handle, u.groups, u.active) for u in plain.users.values()] == [
        (u.handle, u.groups, u.active) for u in private.users.values()
    ]
    assert links(plain) == links(private)


def test_proof_shares_no_word_with_demo() -> None:
    plain, private = ({w for t in scan_index(make(1)).texts for w in words(t[3])} for make in (demo, proof))
    form = {"example", "com", "org", "png", "csv", "txt", "https"}
    assert plain & private <= MARKERS | form


def test_canaries_stand_in_every_title_name_mail_and_text() -> None:
    site = proof(1)
    assert len(set(site.canaries)) == len(site.canaries)
    assert len({len(canary) for canary in site.canaries}) == 1
    canaries = set(site.canaries)
    bare = [
        (kind, field, text)
        for kind, _, field, text in scan_index(site).texts
        if not canaries.intersection(words(text))
        and (field in ("title", "name", "email") or (field == "body" and len(words(text)) > CANARY_EVERY))
        and kind != "attachment"
    ]
    assert bare == []
    running = [word for page in site.pages.values() for word in words(plain_text(page.body))]
    share = sum(word in canaries for word in running) / len(running)
    assert 1 / (CANARY_EVERY + 3) < share < 1 / (CANARY_EVERY - 3)


def test_proofs_of_two_seeds_share_no_canary() -> None:
    assert not set(proof(1).canaries) & set(proof(2).canaries)


HELD = {
    "blog posts": lambda site: [p.title for p in site.pages.values() if p.kind == "blogpost"],
    "tasks": lambda site: [p.body for p in site.pages.values() if p.kind == "blogpost" and "<ac:task-body>" in p.body],
    "likes": lambda site: [p.likes for p in site.pages.values() if p.likes],
    "inline comments that are resolved": lambda site: [
        c.body for p in site.pages.values() for c in p.comments if c.inline and c.resolution == "resolved"
    ],
    "words on a file": lambda site: [c.body for p in site.pages.values() for c in p.comments if c.attachment_id],
    "corrected comments": lambda site: [v.body for p in site.pages.values() for c in p.comments for v in c.versions],
    "versions that are kept": lambda site: [v.body for p in site.pages.values() for v in p.versions if v.body],
    "older files": lambda site: [old for p in site.pages.values() for file in p.attachments for old in file.past],
    "worklogs": lambda site: [w.comment for issue in site.issues.values() for w in issue.worklogs],
    "worklogs for few": lambda site: [w for i in site.issues.values() for w in i.worklogs if w.visibility],
    "links of issues": lambda site: [link.target for issue in site.issues.values() for link in issue.links],
    "links to elsewhere": lambda site: [link.title for i in site.issues.values() for link in i.remote_links],
    "files of issues": lambda site: [file.data for issue in site.issues.values() for file in issue.attachments],
    "votes": lambda site: [issue.voters for issue in site.issues.values() if issue.voters],
    "components": lambda site: [each.description for p in site.projects.values() for each in p.components],
}  # fmt: skip


@pytest.mark.parametrize("kind", HELD)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_proof_site_holds_some_of_everything_that_can_leak(kind: str, seed: int) -> None:
    assert HELD[kind](proof(seed))

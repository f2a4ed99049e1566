"""How to call each emulated read of Confluence with everything that a site has, visible or hidden, and what it should
list. What is documented for an operation alone stands in its row; who sees what is ``oracle.py``'s."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import MISSING, Probe, Seen

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.model import Comment, Page, Site

__all__ = [
    "CONFLUENCE_ROWS",
    "LISTED",
    "ONE",
    "V1",
    "V2",
    "Row",
    "both",
    "contents",
    "of_comment",
    "of_page",
    "of_space",
    "one_property",
    "results",
    "roots",
]

Row = Callable[[Seen], Iterator[Probe]]

V2, V1 = "/wiki/api/v2", "/wiki/rest/api"
LISTED = ("current", "archived")
ONE = "?include-labels=true&include-properties=true&include-versions=true&include-operations=true&body-format=storage"


def results(kind: str) -> Callable[[Any], list[str]]:
    return lambda said: [f"{kind}/{str(each['id']).removeprefix('att')}" for each in said["results"]]


def contents(seen: Seen) -> list[Page]:
    """Pages and blog posts."""
    site = seen.site
    return [site.pages[each] for each in seen.some("page", list(site.pages))]


def _is(seen: Seen, wanted: Callable[[Page], bool]) -> frozenset[str]:
    return seen.only("page", [each.id for each in seen.site.pages.values() if each.kind == "page" and wanted(each)])


def of_page(
    path: str, expect: Callable[[Seen, Page], frozenset[str]] | None = None, kind: str = "page",
    found: Callable[[Page], bool] = lambda _: True,
) -> Row:  # fmt: skip
    """A row of calls about each page and blog post; with ``expect`` they list things of ``kind``. A path of v2 knows
    one of the two, and takes the other for missing."""

    def row(seen: Seen) -> Iterator[Probe]:
        for page in contents(seen):
            yield Probe(
                path=path.format(page.id), about=f"page/{page.id}", missing=(path.format(MISSING), None),
                found=found(page) and (path.startswith(V1) or f"/{page.kind}s/" in path),
                items=results(kind) if expect else None,
                expect=expect(seen, page) if expect else None,
            )  # fmt: skip

    return row


def both(*rows: Row) -> Row:
    return lambda seen: (probe for row in rows for probe in row(seen))


def list_pages(seen: Seen) -> Iterator[Probe]:
    ids, spaces = list(seen.site.pages), list(seen.site.spaces)
    listed = _is(seen, lambda page: page.status in LISTED)

    def probe(query: str, expect: frozenset[str]) -> Probe:
        return Probe(path=f"{V2}/pages?{query}", items=results("page"), expect=expect)

    yield probe("limit=3", listed)
    yield probe("sort=-title&limit=2&body-format=storage", listed)
    yield probe("status=trashed", _is(seen, lambda page: page.status == "trashed"))
    yield probe(f"limit=4&space-id={','.join(spaces[:100])}", listed)
    for start in range(0, len(ids), 250):
        chosen = ids[start : start + 250]
        yield probe(f"id={','.join(chosen)}", listed & {f"page/{each}" for each in chosen})
    for page in contents(seen):
        named = _is(seen, lambda each, page=page: each.title == page.title and each.status in LISTED)  # type: ignore[misc]
        yield probe(f"title={page.title.replace(' ', '%20').replace('&', '%26')}", named)


def space_pages(seen: Seen) -> Iterator[Probe]:
    for space in seen.some("space", list(seen.site.spaces)):
        for query, root in (("limit=2", False), ("depth=root&limit=2", True), ("sort=title&limit=3", False)):
            path = f"{V2}/spaces/{{}}/pages?{query}"
            inside = _is(
                seen,
                lambda page, space=space, root=root: (
                    page.space_id == space  # type: ignore[misc]
                    and page.status in LISTED
                    and not (root and page.parent_id)
                ),
            )
            yield Probe(path=path.format(space), about=f"space/{space}", missing=(path.format(MISSING), None),
                        items=results("page"), expect=inside)  # fmt: skip


def of_space(path: str) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for space in seen.some("space", list(seen.site.spaces)):
            yield Probe(path=path.format(space), about=f"space/{space}", missing=(path.format(MISSING), None))

    return row


def content_labels(seen: Seen) -> Iterator[Probe]:
    for space in seen.some("space", list(seen.site.spaces)):
        inside = [
            page for page in seen.site.pages.values()
            if page.space_id == space and f"page/{page.id}" in seen.refs and page.status == "current"
        ]  # fmt: skip
        labels = {f"label/{each.id}" for page in inside for each in page.labels if each.prefix in ("my", "team")}
        path = f"{V2}/spaces/{{}}/content/labels?limit=2"
        yield Probe(path=path.format(space), about=f"space/{space}", missing=(path.format(MISSING), None),
                    items=results("label"), expect=frozenset(labels))  # fmt: skip


def list_spaces(seen: Seen) -> Iterator[Probe]:
    spaces = seen.site.spaces
    every = seen.only("space", list(spaces))

    def probe(query: str, expect: frozenset[str]) -> Probe:
        return Probe(path=f"{V2}/spaces?{query}", items=results("space"), expect=expect)

    yield probe("limit=2&description-format=plain", every)
    yield probe("sort=-name&limit=1", every)
    yield probe(f"ids={','.join(spaces)}", every)
    for space in spaces.values():
        yield probe(f"keys={space.key}", every & {f"space/{space.id}"})
    old = [each.id for each in spaces.values() if each.status == "archived"]
    yield probe("status=archived", seen.only("space", old))


def _comments(seen: Seen) -> Iterator[tuple[Page, Comment]]:
    return ((page, each) for page in contents(seen) for each in page.comments)


def roots(inline: bool) -> Callable[[Seen, Page], frozenset[str]]:
    return lambda seen, page: seen.only(
        "comment",
        [
            each.id
            for each in page.comments
            if each.inline == inline and each.parent_id is None and each.attachment_id is None
        ],
    )


def of_comment(path: str, *, inline: bool | None, replies: bool = False) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for page, comment in _comments(seen):
            below = [each.id for each in page.comments if each.parent_id == comment.id]
            yield Probe(
                path=path.format(comment.id), about=f"comment/{comment.id}", missing=(path.format(MISSING), None),
                found=inline in (None, comment.inline), items=results("comment") if replies else None,
                expect=seen.only("comment", below) if replies else None,
            )  # fmt: skip

    return row


def attachments(seen: Seen) -> Iterator[Probe]:
    for page in contents(seen):
        for each in page.attachments:
            path = f"{V2}/attachments/att{{}}"
            yield Probe(path=path.format(each.id), about=f"attachment/{each.id}", missing=(path.format(MISSING), None))


def downloads(seen: Seen) -> Iterator[Probe]:
    """The right page, and another one that does not have the attachment."""
    others = list(seen.site.pages)
    for page in contents(seen):
        for each in page.attachments:
            for holder in (page.id, others[0], others[-1]):
                path = f"{V1}/content/{{}}/child/attachment/{each.id}/download"
                yield Probe(path=path.format(holder), about=f"attachment/{each.id}", found=holder == page.id,
                            missing=(f"{V1}/content/{holder}/child/attachment/{MISSING}/download", None))  # fmt: skip


def one_property(holder: str) -> Row:
    """Ids of properties are told by those who see them; so the list of the same site tells them here."""

    def row(seen: Seen) -> Iterator[Probe]:
        from tests.products.rights.asking import ask_as

        kind = "page" if holder == "blogpost" else holder
        for thing in seen.some(kind, list(_holders(seen.site, holder))):
            reader = _reader(seen, f"{kind}/{thing}")
            if reader is None:
                continue
            base = f"{V2}/{holder}s/{'att' if holder == 'attachment' else ''}{{}}/properties"
            listed = ask_as(seen.site, reader)("GET", base.format(thing), None).json["results"]
            for each in listed:
                path = f"{base}/{each['id']}"
                yield Probe(path=path.format(thing), about=f"{kind}/{thing}", missing=(path.format(MISSING), None))
            if listed:
                yield Probe(path=f"{base.format(thing)}/{MISSING}", about=f"{kind}/{thing}", found=False)

    return row


def _holders(site: Site, holder: str) -> Iterator[str]:
    for page in site.pages.values():
        if page.kind == holder:
            yield page.id
        elif holder in ("comment", "attachment"):
            yield from (each.id for each in (page.comments if holder == "comment" else page.attachments))
    yield from site.spaces if holder == "space" else ()


def _reader(seen: Seen, ref: str) -> str | None:
    from tests.products.rights.oracle import visible

    people = [seen.viewer, *seen.site.users, APP_ACCOUNT]
    return next((each for each in people if each is not None and ref in visible(seen.site, each)), None)


def children(seen: Seen, page: Page) -> frozenset[str]:
    return _is(seen, lambda each: each.parent_id == page.id and each.status in LISTED)


def descendants(depth: int) -> Callable[[Seen, Page], frozenset[str]]:
    def expect(seen: Seen, page: Page) -> frozenset[str]:
        below, level = {page.id}, {page.id}
        for _ in range(depth):
            level = {each.id for each in seen.site.pages.values() if each.parent_id in level} - below
            below |= level
        return frozenset(
            each for each in seen.only("page", list(below - {page.id})) if seen.site.pages[each[5:]].status in LISTED
        )

    return expect


def ancestors(seen: Seen, page: Page) -> frozenset[str]:
    above: list[str] = []
    here = seen.site.pages.get(page.parent_id or "")
    while here is not None and here.id not in (page.id, *above):
        above.append(here.id)
        here = seen.site.pages.get(here.parent_id or "")
    return seen.only("page", above)


def users(seen: Seen) -> Iterator[Probe]:
    for account in (*seen.site.users, APP_ACCOUNT):
        yield Probe(path=f"{V1}/user?accountId={account}", about=f"user/{account}",
                    missing=(f"{V1}/user?accountId={MISSING}", None))  # fmt: skip


def bulk_users(seen: Seen) -> Iterator[Probe]:
    accounts = [*seen.site.users, MISSING, APP_ACCOUNT]
    yield Probe(
        path=f"{V2}/users-bulk", body={"accountIds": accounts}, expect=seen.only("user", accounts),
        items=lambda said: [f"user/{each['accountId']}" for each in said["results"]],
    )  # fmt: skip


def kept(page: Page) -> bool:
    """Whether the first version of a page is known."""
    return page.version == 1 or bool(page.versions)


CONFLUENCE_ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "GET /wiki/api/v2/pages": list_pages,
        "GET /wiki/api/v2/pages/{id}": both(
            of_page(f"{V2}/pages/{{}}{ONE}", found=lambda page: page.status != "draft"),
            of_page(f"{V2}/pages/{{}}?get-draft=true&include-direct-children=true"),
            of_page(f"{V2}/pages/{{}}?version=1&status=historical", found=lambda page: page.version > 1 and kept(page)),
        ),
        "GET /wiki/api/v2/pages/{id}/versions": of_page(f"{V2}/pages/{{}}/versions?limit=1"),
        "GET /wiki/api/v2/pages/{page-id}/versions/{version-number}": both(
            of_page(f"{V2}/pages/{{}}/versions/1", found=kept),
            of_page(f"{V2}/pages/{{}}/versions/999", found=lambda _: False),
        ),
        "GET /wiki/api/v2/pages/{id}/operations": of_page(f"{V2}/pages/{{}}/operations"),
        "GET /wiki/api/v2/pages/{id}/attachments": of_page(
            f"{V2}/pages/{{}}/attachments?limit=1",
            lambda seen, page: seen.only("attachment", [each.id for each in page.attachments]), "attachment",
        ),
        "GET /wiki/api/v2/attachments/{id}": attachments,
        "GET /wiki/api/v2/pages/{id}/labels": of_page(
            f"{V2}/pages/{{}}/labels?limit=1",
            lambda seen, page: frozenset(
                f"label/{each.id}" for each in page.labels if f"page/{page.id}" in seen.refs
            ), "label",
        ),
        "GET /wiki/api/v2/pages/{id}/children": of_page(f"{V2}/pages/{{}}/children?limit=2", children),
        "GET /wiki/api/v2/pages/{id}/direct-children": of_page(
            f"{V2}/pages/{{}}/direct-children?limit=2&sort=title", children
        ),
        "GET /wiki/api/v2/pages/{id}/descendants": both(
            of_page(f"{V2}/pages/{{}}/descendants?limit=2", descendants(2)),
            of_page(f"{V2}/pages/{{}}/descendants?limit=3&depth=10", descendants(10)),
        ),
        "GET /wiki/api/v2/pages/{id}/ancestors": of_page(f"{V2}/pages/{{}}/ancestors", ancestors),
        "GET /wiki/api/v2/pages/{id}/footer-comments": of_page(
            f"{V2}/pages/{{}}/footer-comments?limit=1&body-format=storage", roots(False), "comment"
        ),
        "GET /wiki/api/v2/pages/{id}/inline-comments": of_page(
            f"{V2}/pages/{{}}/inline-comments?limit=1", roots(True), "comment"
        ),
        "GET /wiki/api/v2/footer-comments/{id}/children": of_comment(
            f"{V2}/footer-comments/{{}}/children?body-format=storage", inline=False, replies=True
        ),
        "GET /wiki/api/v2/inline-comments/{id}/children": of_comment(
            f"{V2}/inline-comments/{{}}/children", inline=True, replies=True
        ),
        "GET /wiki/api/v2/footer-comments/{comment-id}": of_comment(
            f"{V2}/footer-comments/{{}}?body-format=storage", inline=False
        ),
        "GET /wiki/api/v2/inline-comments/{comment-id}": of_comment(f"{V2}/inline-comments/{{}}", inline=True),
        "GET /wiki/api/v2/pages/{page-id}/properties": of_page(f"{V2}/pages/{{}}/properties?limit=1"),
        "GET /wiki/api/v2/pages/{page-id}/properties/{property-id}": one_property("page"),
        "GET /wiki/api/v2/spaces": list_spaces,
        "GET /wiki/api/v2/spaces/{id}": of_space(f"{V2}/spaces/{{}}?description-format=plain"),
        "GET /wiki/api/v2/spaces/{id}/pages": space_pages,
        "GET /wiki/api/v2/spaces/{id}/labels": of_space(f"{V2}/spaces/{{}}/labels"),
        "GET /wiki/api/v2/spaces/{id}/content/labels": content_labels,
        "GET /wiki/api/v2/spaces/{space-id}/properties": of_space(f"{V2}/spaces/{{}}/properties?limit=1"),
        "GET /wiki/api/v2/spaces/{space-id}/properties/{property-id}": one_property("space"),
        "POST /wiki/api/v2/users-bulk": bulk_users,
        "GET /wiki/rest/api/user": users,
        "GET /wiki/rest/api/user/current": lambda seen: iter([Probe(path=f"{V1}/user/current")]),
        "GET /wiki/rest/api/analytics/content/{contentId}/views": of_page(f"{V1}/analytics/content/{{}}/views"),
        "GET /wiki/rest/api/analytics/content/{contentId}/viewers": of_page(f"{V1}/analytics/content/{{}}/viewers"),
        "GET /wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download": downloads,
    }
)  # fmt: skip

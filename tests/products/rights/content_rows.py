"""How to call each emulated read of blog posts, and of what lies on pages and blog posts: likes, versions, properties,
files, tasks, labels and restrictions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from tests.products.rights.asking import MISSING, Probe, Seen
from tests.products.rights.confluence_rows import (
    LISTED,
    ONE,
    V1,
    V2,
    Row,
    both,
    contents,
    of_comment,
    of_page,
    of_space,
    one_property,
    results,
    roots,
)
from tests.products.rights.oracle import editable

from forgesim.site.model import Attachment, Label, Page

__all__ = ["CONTENT_ROWS"]

RITA, TEAM = "712020:rita", "team"
BY = f"{V1}/content/{{}}/restriction/byOperation"


def list_posts(seen: Seen) -> Iterator[Probe]:
    posts = [page for page in seen.site.pages.values() if page.kind == "blogpost"]
    listed = seen.only("page", [each.id for each in posts if each.status in LISTED])

    def probe(query: str, expect: frozenset[str]) -> Probe:
        return Probe(path=f"{V2}/blogposts?{query}", items=results("page"), expect=expect)

    yield probe("limit=2&body-format=storage", listed)
    yield probe(f"sort=-title&limit=3&space-id={','.join(list(seen.site.spaces)[:100])}", listed)
    yield probe("status=trashed", seen.only("page", [each.id for each in posts if each.status == "trashed"]))
    for post in (page for page in contents(seen) if page.kind == "blogpost"):
        yield probe(f"id={post.id}", listed & {f"page/{post.id}"})
        same = {f"page/{each.id}" for each in posts if each.title == post.title}
        yield probe(f"title={quote(post.title)}", listed & same)


def space_posts(seen: Seen) -> Iterator[Probe]:
    for space in seen.some("space", list(seen.site.spaces)):
        inside = [page.id for page in seen.site.pages.values()
                  if page.kind == "blogpost" and page.space_id == space and page.status in LISTED]  # fmt: skip
        path = f"{V2}/spaces/{{}}/blogposts?limit=1"
        yield Probe(path=path.format(space), about=f"space/{space}", missing=(path.format(MISSING), None),
                    items=results("page"), expect=seen.only("page", inside))  # fmt: skip


def _files(seen: Seen) -> Iterator[tuple[Page, Attachment]]:
    return ((page, each) for page in contents(seen) for each in page.attachments)


def of_file(path: str) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for _, file in _files(seen):
            yield Probe(path=path.format(file.id), about=f"attachment/{file.id}", missing=(path.format(MISSING), None))

    return row


def file_comments(seen: Seen) -> Iterator[Probe]:
    for page, file in _files(seen):
        on = [each.id for each in page.comments if each.attachment_id == file.id and each.parent_id is None]
        path = f"{V2}/attachments/att{{}}/footer-comments?limit=1&body-format=storage"
        yield Probe(path=path.format(file.id), about=f"attachment/{file.id}", missing=(path.format(MISSING), None),
                    items=results("comment"), expect=seen.only("comment", on))  # fmt: skip


def list_files(seen: Seen) -> Iterator[Probe]:
    held = [each.id for page in seen.site.pages.values() for each in page.attachments if each.status in LISTED]
    yield Probe(path=f"{V2}/attachments?limit=3", items=results("attachment"), expect=seen.only("attachment", held))


def list_comments(inline: bool) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        said = [each.id for page in seen.site.pages.values() if page.status == "current"
                for each in page.comments if each.inline == inline]  # fmt: skip
        path = f"{V2}/{'inline' if inline else 'footer'}-comments?limit=9&body-format=storage"
        yield Probe(path=path, items=results("comment"), expect=seen.only("comment", said))

    return row


def _labelled(seen: Seen) -> Iterator[tuple[str, tuple[Label, ...]]]:
    for page in seen.site.pages.values():
        yield f"page/{page.id}", tuple(page.labels)
        yield from ((f"attachment/{each.id}", each.labels) for each in page.attachments)
    for space in seen.site.spaces.values():
        yield f"space/{space.id}", tuple(space.labels)


def list_labels(seen: Seen) -> Iterator[Probe]:
    shown = {f"label/{each.id}" for ref, labels in _labelled(seen) if ref in seen.refs for each in labels}
    yield Probe(path=f"{V2}/labels?limit=4", items=results("label"), expect=frozenset(shown))


def labelled(what: str, kind: str, ids: Callable[[Seen, str], Iterable[str]]) -> Row:
    """A label is there for whoever sees a page, a blog post or a file that has it."""

    def row(seen: Seen) -> Iterator[Probe]:
        for label in sorted({each.id for page in contents(seen) for each in page.labels} | {"82"}):
            has = (ref for ref, labels in _labelled(seen) if not ref.startswith("space/")
                   and any(each.id == label for each in labels))  # fmt: skip
            path = f"{V2}/labels/{{}}/{what}?limit=3"
            yield Probe(path=path.format(label), about=min(seen.refs.intersection(has), default=f"page/{MISSING}"),
                        items=results(kind), missing=(path.format(MISSING), None),
                        expect=seen.only(kind, list(ids(seen, label))))  # fmt: skip

    return row


def _pages_with(seen: Seen, label: str) -> Iterator[str]:
    return (page.id for page in seen.site.pages.values() if page.kind == "page" and page.status in LISTED
            and any(each.id == label for each in page.labels))  # fmt: skip


def _posts_with(seen: Seen, label: str) -> Iterator[str]:
    return (page.id for page in seen.site.pages.values() if page.kind == "blogpost" and page.status in LISTED
            and any(each.id == label for each in page.labels))  # fmt: skip


def _files_with(seen: Seen, label: str) -> Iterator[str]:
    return (file.id for page in seen.site.pages.values() for file in page.attachments
            if file.status in LISTED and any(each.id == label for each in file.labels))  # fmt: skip


def _with_task(seen: Seen) -> list[Page]:
    """Every page and blog post has a task or none."""
    return [page for page in contents(seen) if "<ac:task>" in page.body]


def tasks(seen: Seen) -> Iterator[Probe]:
    """A task has the id of what it stands in."""

    def listed(said: Any) -> list[str]:
        return list(dict.fromkeys(f"page/{each.get('pageId') or each['blogPostId']}" for each in said["results"]))

    open_ = [page for page in seen.site.pages.values() if "<ac:task>" in page.body and page.status == "current"]
    every = seen.only("page", [page.id for page in open_])
    yield Probe(path=f"{V2}/tasks?limit=250&body-format=storage", items=listed, expect=every)
    yield Probe(path=f"{V2}/tasks?limit=250&body-format=atlas_doc_format", items=listed, expect=every)
    for page in _with_task(seen):
        name = "blogpost-id" if page.kind == "blogpost" else "page-id"
        yield Probe(path=f"{V2}/tasks?{name}={page.id}", items=listed, expect=every & {f"page/{page.id}"})


def one_task(seen: Seen) -> Iterator[Probe]:
    from forgesim.products.confluence.tasks import tasks_in

    for page in _with_task(seen):
        for each in tasks_in(page):
            path = f"{V2}/tasks/{{}}?body-format=storage"
            yield Probe(path=path.format(each.id), about=f"page/{page.id}", missing=(path.format(MISSING), None))


def for_people(row: Row) -> Row:
    """Of a page that everybody on earth sees: a restriction names people, and who has not logged in sees none."""

    def people(seen: Seen) -> Iterator[Probe]:
        for probe in row(seen):
            shut = seen.viewer is None and probe.about in seen.refs
            yield replace(probe, may=False, hidden=403, missing=None) if shut else probe

    return people


def restricted_to(what: str, name: str) -> Row:
    """200 where the restriction names them, else 404."""
    listed = RITA if what == "user" else f"group:{TEAM}"
    return for_people(of_page(f"{BY}/read/{name}", found=lambda page: listed in (page.viewers or ())))


def check(seen: Seen) -> Iterator[Probe]:
    mine = editable(seen.site, seen.viewer)
    for page in contents(seen):
        ref = f"page/{page.id}"
        for operation, may in (("read", ref in seen.refs), ("update", ref in mine)):
            body = {"subject": {"type": "user", "identifier": seen.viewer or ""}, "operation": operation}
            path = f"{V1}/content/{{}}/permission/check"
            yield Probe(path=path.format(page.id), body=body, about=ref, missing=(path.format(MISSING), body),
                        count=lambda said: int(said["hasPermission"]), total=int(may))  # fmt: skip


POST, FILE = f"{V2}/blogposts/{{}}", f"{V2}/attachments/att{{}}"


def _of_comments() -> dict[str, Row]:
    found: dict[str, Row] = {}
    for inline in (False, True):
        of = f"{'inline' if inline else 'footer'}-comments"
        at, name = f"{V2}/{of}/{{}}", f"GET /wiki/api/v2/{of}"
        calls = {
            f"{name}/{{id}}/likes/count": "likes/count",
            f"{name}/{{id}}/likes/users": "likes/users?limit=1",
            f"{name}/{{id}}/operations": "operations",
            f"{name}/{{id}}/versions": "versions?limit=1&body-format=storage",
            f"{name}/{{id}}/versions/{{version-number}}": "versions/1",
        }
        found |= {call: of_comment(f"{at}/{path}", inline=inline) for call, path in calls.items()}
        found[name] = list_comments(inline)
    return found


CONTENT_ROWS: Mapping[str, Row] = MappingProxyType(
    {
        **_of_comments(),
        "GET /wiki/api/v2/blogposts": list_posts,
        "GET /wiki/api/v2/blogposts/{id}": both(
            of_page(f"{POST}{ONE}&include-likes=true", found=lambda page: page.status != "draft"),
            of_page(f"{POST}?version=1&status=historical&body-format=view",
                    found=lambda page: page.version > 1 and bool(page.versions)),
        ),
        "GET /wiki/api/v2/blogposts/{id}/versions": of_page(f"{POST}/versions?limit=1"),
        "GET /wiki/api/v2/blogposts/{blogpost-id}/versions/{version-number}": of_page(f"{POST}/versions/1",
            found=lambda page: page.version == 1 or bool(page.versions)),
        "GET /wiki/api/v2/blogposts/{id}/operations": of_page(f"{POST}/operations"),
        "GET /wiki/api/v2/blogposts/{id}/attachments": of_page(
            f"{POST}/attachments?limit=1",
            lambda seen, page: seen.only("attachment", [each.id for each in page.attachments]), "attachment",
        ),
        "GET /wiki/api/v2/blogposts/{id}/labels": of_page(
            f"{POST}/labels?limit=1",
            lambda seen, page: frozenset(f"label/{each.id}" for each in page.labels), "label",
        ),
        "GET /wiki/api/v2/blogposts/{id}/footer-comments": of_page(
            f"{POST}/footer-comments?limit=1&body-format=storage", roots(False), "comment"
        ),
        "GET /wiki/api/v2/blogposts/{id}/inline-comments": of_page(
            f"{POST}/inline-comments?limit=1", roots(True), "comment"
        ),
        "GET /wiki/api/v2/blogposts/{id}/likes/count": of_page(f"{POST}/likes/count"),
        "GET /wiki/api/v2/blogposts/{id}/likes/users": of_page(f"{POST}/likes/users?limit=1"),
        "GET /wiki/api/v2/pages/{id}/likes/count": of_page(f"{V2}/pages/{{}}/likes/count"),
        "GET /wiki/api/v2/pages/{id}/likes/users": of_page(f"{V2}/pages/{{}}/likes/users?limit=1"),
        "GET /wiki/api/v2/blogposts/{blogpost-id}/properties": of_page(f"{POST}/properties?limit=1"),
        "GET /wiki/api/v2/blogposts/{blogpost-id}/properties/{property-id}": one_property("blogpost"),
        "GET /wiki/api/v2/comments/{comment-id}/properties": of_comment(
            f"{V2}/comments/{{}}/properties?limit=1", inline=None
        ),
        "GET /wiki/api/v2/comments/{comment-id}/properties/{property-id}": one_property("comment"),
        "GET /wiki/api/v2/attachments": list_files,
        "GET /wiki/api/v2/attachments/{attachment-id}/properties": of_file(f"{FILE}/properties?limit=1"),
        "GET /wiki/api/v2/attachments/{attachment-id}/properties/{property-id}": one_property("attachment"),
        "GET /wiki/api/v2/attachments/{id}/footer-comments": file_comments,
        "GET /wiki/api/v2/attachments/{id}/labels": of_file(f"{FILE}/labels"),
        "GET /wiki/api/v2/attachments/{id}/operations": of_file(f"{FILE}/operations"),
        "GET /wiki/api/v2/attachments/{id}/versions": of_file(f"{FILE}/versions?limit=1"),
        "GET /wiki/api/v2/attachments/{attachment-id}/versions/{version-number}": of_file(f"{FILE}/versions/1"),
        "GET /wiki/api/v2/labels": list_labels,
        "GET /wiki/api/v2/labels/{id}/attachments": labelled("attachments", "attachment", _files_with),
        "GET /wiki/api/v2/labels/{id}/pages": labelled("pages", "page", _pages_with),
        "GET /wiki/api/v2/labels/{id}/blogposts": labelled("blogposts", "page", _posts_with),
        "GET /wiki/api/v2/spaces/{id}/blogposts": space_posts,
        "GET /wiki/api/v2/spaces/{id}/operations": of_space(f"{V2}/spaces/{{}}/operations"),
        "GET /wiki/api/v2/spaces/{id}/permissions": of_space(f"{V2}/spaces/{{}}/permissions?limit=3"),
        "GET /wiki/api/v2/tasks": tasks,
        "GET /wiki/api/v2/tasks/{id}": one_task,
        "GET /wiki/rest/api/content/{id}/restriction": for_people(of_page(f"{V1}/content/{{}}/restriction")),
        "GET /wiki/rest/api/content/{id}/restriction/byOperation": for_people(of_page(BY)),
        "GET /wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}": for_people(of_page(f"{BY}/update")),
        "GET /wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}/user": restricted_to(
            "user", f"user?accountId={RITA}"
        ),
        "POST /wiki/rest/api/content/{id}/permission/check": for_people(check),
    }
)  # fmt: skip

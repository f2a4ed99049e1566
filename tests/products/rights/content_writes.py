"""How to call each emulated write of blog posts, and of what lies on pages and blog posts; who may."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import Seen
from tests.products.rights.oracle import editable, may_in_space
from tests.products.rights.writes import V1, V2, Row, Write, edited, may, may_there, of_comment, of_content, open_for

from forgesim.products.confluence.tasks import tasks_in
from forgesim.site.model import Comment, Page

__all__ = ["CONTENT_WRITES"]

ADA, RITA, TEAM = "712020:ada", "712020:rita", "77"
BY = f"{V1}/content/{{}}/restriction/byOperation"
BODY = {"representation": "storage", "value": "<p>y</p>"}


def create_post(seen: Seen) -> Iterator[Write]:
    for space in seen.site.spaces.values():
        ref = f"space/{space.id}"
        yield Write(path=f"{V2}/blogposts", body={"spaceId": space.id, "title": "A new one", "status": "current"},
                    about=(ref,), may=may_in_space(seen.site, seen.viewer, "create:blogpost", space),
                    touches=frozenset(), makes=("page",))  # fmt: skip


def create_inline(seen: Seen) -> Iterator[Write]:
    at = {"textSelection": "Body", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0}
    for page in seen.site.pages.values():
        ref, holder = f"page/{page.id}", "blogPostId" if page.kind == "blogpost" else "pageId"
        yield Write(path=f"{V2}/inline-comments", body={holder: page.id, "body": BODY, "inlineCommentProperties": at},
                    about=(ref,), may=open_for(seen, page), touches=frozenset({ref}))  # fmt: skip


def resolve(seen: Seen) -> Iterator[Write]:
    """Whoever may comment may resolve."""
    for page in seen.site.pages.values():
        for each in (each for each in page.comments if each.inline and each.parent_id is None):
            yield Write(path=f"{V2}/inline-comments/{each.id}", body={"version": {"number": 3}, "resolved": True},
                        about=(f"comment/{each.id}",), may=open_for(seen, page),
                        touches=frozenset({f"page/{page.id}"}))  # fmt: skip


def both(*rows: Row) -> Row:
    return lambda seen: (write for row in rows for write in row(seen))


def of_part(path: str, kind: str, body: object, who: Callable[[Seen, Page, Any], bool]) -> Row:
    """About each comment or attachment."""

    def row(seen: Seen) -> Iterator[Write]:
        for page in seen.site.pages.values():
            for each in page.comments if kind == "comment" else page.attachments:
                yield Write(path=path.format(each.id), body=body, about=(f"{kind}/{each.id}",),
                            may=who(seen, page, each), touches=frozenset({f"page/{page.id}"}))  # fmt: skip

    return row


def _attaches(seen: Seen, page: Page, _: object) -> bool:
    return may(seen, f"page/{page.id}") and may_there(seen, "create:attachment", page)


def _removes(seen: Seen, page: Page, _: object) -> bool:
    return may(seen, f"page/{page.id}") and may_there(seen, "delete:attachment", page)


def _said_it(seen: Seen, page: Page, comment: Comment) -> bool:
    return comment.author == seen.viewer and open_for(seen, page)


def finish_task(seen: Seen) -> Iterator[Write]:
    for page in seen.site.pages.values():
        for task in tasks_in(page):
            ref = f"page/{page.id}"
            yield Write(path=f"{V2}/tasks/{task.id}", body={"status": "complete"}, about=(ref,), may=may(seen, ref),
                        touches=frozenset({ref}))  # fmt: skip


def _leaves(seen: Seen) -> list[Page]:
    """Pages with nothing below them, and those that are hidden."""
    pages = [page for page in seen.site.pages.values() if page.kind == "page"]
    above = {page.parent_id for page in pages}
    return [each for each in pages if f"page/{each.id}" not in seen.refs
            or (each.status == "current" and each.id not in above)]  # fmt: skip


def move(seen: Seen) -> Iterator[Write]:
    """Its new siblings get a place after one another."""
    mine, pages = editable(seen.site, seen.viewer), seen.site.pages
    for page in _leaves(seen):
        for target in (pages[each] for each in ("70100", "70101", "70201", "70501") if each != page.id):
            refs = (f"page/{page.id}", f"page/{target.id}")
            siblings = {f"page/{each.id}" for each in pages.values() if each.parent_id == target.id}
            yield Write(path=f"{V1}/content/{page.id}/move/append/{target.id}", about=refs,
                        may=refs[0] in mine and f"space/{target.space_id}" in mine,
                        touches=frozenset({refs[0], f"space/{page.space_id}", *siblings}))  # fmt: skip


def copy(seen: Seen) -> Iterator[Write]:
    for page in _leaves(seen):
        for space in seen.site.spaces.values():
            refs = (f"page/{page.id}", f"space/{space.id}")
            body = {"destination": {"type": "space", "value": space.key}, "pageTitle": "New", "copyLabels": True}
            yield Write(path=f"{V1}/content/{page.id}/copy", body=body, about=refs, may=may(seen, refs[1]),
                        touches=frozenset(), makes=("page",))  # fmt: skip


def _restricted(names: object) -> Callable[[Any], object]:
    return lambda _: {"results": [{"operation": "update", "restrictions": names}]}


def _lists(name: str) -> Callable[[Page], bool]:
    return lambda page: name in (page.viewers or ())


RESTRICT = "restrict_content:space"
RESTRICTION = f"{V1}/content/{{}}/restriction"
ONE = "/wiki/rest/api/content/{id}/restriction"
NAMED = f"{ONE}/byOperation/{{operationKey}}"

CONTENT_WRITES: Mapping[str, Row] = MappingProxyType(
    {
        "POST /wiki/api/v2/blogposts": create_post,
        "PUT /wiki/api/v2/blogposts/{id}": of_content(f"{V2}/blogposts/{{}}", edited),
        "DELETE /wiki/api/v2/blogposts/{id}": of_content(f"{V2}/blogposts/{{}}", needs="delete:{kind}"),
        "POST /wiki/api/v2/blogposts/{blogpost-id}/properties": of_content(
            f"{V2}/blogposts/{{}}/properties", lambda _: {"key": "k", "value": 1}
        ),
        "POST /wiki/api/v2/inline-comments": create_inline,
        "PUT /wiki/api/v2/inline-comments/{comment-id}": both(
            of_comment({"version": {"number": 3}, "body": BODY}, by_editors=False, inline=True), resolve
        ),
        "DELETE /wiki/api/v2/inline-comments/{comment-id}": of_comment(None, by_editors=True, inline=True),
        "POST /wiki/api/v2/comments/{comment-id}/properties": of_part(
            f"{V2}/comments/{{}}/properties", "comment", {"key": "k", "value": 1}, _said_it
        ),
        "POST /wiki/api/v2/attachments/{attachment-id}/properties": of_part(
            f"{V2}/attachments/att{{}}/properties", "attachment", {"key": "k", "value": 1}, _attaches
        ),
        "DELETE /wiki/api/v2/attachments/{id}": of_part(f"{V2}/attachments/att{{}}", "attachment", None, _removes),
        "PUT /wiki/api/v2/tasks/{id}": finish_task,
        "POST /wiki/rest/api/content/{id}/copy": copy,
        "PUT /wiki/rest/api/content/{pageId}/move/{position}/{targetId}": move,
        "POST /wiki/rest/api/content/{id}/version": of_content(
            f"{V1}/content/{{}}/version",
            lambda _: {"operationKey": "restore", "params": {"versionNumber": 1, "message": "m"}},
        ),
        f"POST {ONE}": of_content(RESTRICTION, _restricted({"user": [{"accountId": ADA}]}), needs=RESTRICT),
        f"PUT {ONE}": of_content(
            RESTRICTION, _restricted({"group": [{"id": TEAM}], "user": [{"accountId": ADA}]}), needs=RESTRICT
        ),
        f"DELETE {ONE}": of_content(RESTRICTION, found=lambda page: bool(page.viewers or page.editors), needs=RESTRICT),
        f"PUT {NAMED}/user": of_content(f"{BY}/read/user?accountId={ADA}", needs=RESTRICT),
        f"DELETE {NAMED}/user": of_content(f"{BY}/read/user?accountId={RITA}", found=_lists(RITA), needs=RESTRICT),
        f"PUT {NAMED}/byGroupId/{{groupId}}": of_content(f"{BY}/update/byGroupId/{TEAM}", needs=RESTRICT),
        f"DELETE {NAMED}/byGroupId/{{groupId}}": of_content(
            f"{BY}/read/byGroupId/{TEAM}", found=_lists("group:team"), needs=RESTRICT
        ),
    }
)

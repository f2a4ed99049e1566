"""Things of Confluence that a proof site has none of, made by the calls that make them; and calls that need them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from tests.openapi import Json
from tests.products.openapi.bench import Bench, Pairs
from tests.products.openapi.made import once

__all__ = ["BODIES", "HEADERS", "QUERIES", "THINGS", "a_property", "busy_page", "plain_page", "storage"]

V1, V2 = "/wiki/rest/api", "/wiki/api/v2"
BY = f"{V1}/content/{{id}}/restriction/byOperation/{{operationKey}}"
GROUP = "engineering"
TASK = (
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>"
    "<ac:task-body>do</ac:task-body></ac:task></ac:task-list>"
)
FORM = (("Content-Type", "multipart/form-data; boundary=b"), ("X-Atlassian-Token", "no-check"))


def storage(text: str) -> Json:
    return {"representation": "storage", "value": f"<p>{text}</p>"}


def busy_page(bench: Bench) -> Any:
    """A page that everybody sees, with an attachment, a label and comments of both kinds."""
    return bench.site.pages[bench.site.variables["page.pictured"]]


def plain_page(bench: Bench) -> Any:
    return bench.site.pages[bench.site.variables["page"]]


def homepage(bench: Bench) -> str:
    return str(bench.site.spaces[bench.site.variables["space.id"]].homepage_id)


def new_post(bench: Bench) -> Json:
    return {"spaceId": bench.site.variables["space.id"], "status": "current", "title": "Post", "body": storage("a")}


def post(bench: Bench) -> str:
    """A blog post of alice's, with a label and a comment."""

    def make() -> str:
        made = str(bench.json(f"POST {V2}/blogposts", {}, new_post(bench))["id"])
        bench.json(f"POST {V1}/content/{{id}}/label", {"id": made}, [{"prefix": "global", "name": "posted"}])
        bench.json(f"POST {V2}/footer-comments", {}, {"blogPostId": made, "body": storage("b")})
        return made

    return once(bench, "post", make)


def own_page(bench: Bench) -> str:
    """A page of alice's with a text to comment on and a task."""
    body = {"representation": "storage", "value": f"<p>alpha beta</p>{TASK}"}
    made = {**new_post(bench), "title": "Own", "body": body}
    return once(bench, "own page", lambda: str(bench.json(f"POST {V2}/pages", {}, made)["id"]))


def selected(bench: Bench, text: str) -> Json:
    """An inline comment on a word of that page."""
    where = {"textSelection": text, "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0}
    return {"pageId": own_page(bench), "body": storage("c"), "inlineCommentProperties": where}


def own_comment(bench: Bench, *, inline: bool) -> str:
    """A comment of alice's with a reply: only its author changes a comment."""
    name = f"POST {V2}/{'inline' if inline else 'footer'}-comments"

    def make() -> str:
        body = selected(bench, "alpha") if inline else {"pageId": busy_page(bench).id, "body": storage("c")}
        made = str(bench.json(name, {}, body)["id"])
        bench.json(name, {}, {"parentCommentId": made, "body": storage("d")})
        return made

    return once(bench, name, make)


def comments(bench: Bench, *, inline: bool) -> list[str]:
    """Comments of pages that alice sees; one with answers first, where there is one."""
    pages = [each for each in bench.site.pages.values() if each.status == "current" and each.viewers is None]
    found = [each for page in pages for each in page.comments if each.inline == inline]
    answered = {each.parent_id for each in found}
    roots = [each for each in found if each.parent_id is None]
    return [each.id for each in sorted(roots, key=lambda each: each.id not in answered)]


def task(bench: Bench) -> str:
    query = (("page-id", own_page(bench)),)
    return once(bench, "task", lambda: str(bench.json(f"GET {V2}/tasks", {}, query=query)["results"][0]["id"]))


def group_id(bench: Bench) -> str:
    found = bench.json(f"GET {V1}/group", {})["results"]
    return str(next(each["id"] for each in found if each["name"] == GROUP))


def restricted(bench: Bench) -> str:
    """The operation that a restriction of the busy page lists alice and a group for."""

    def make() -> str:
        at = {"id": busy_page(bench).id, "operationKey": "update"}
        bench.json(f"PUT {BY}/user", at, query=alice(bench))
        bench.json(f"PUT {BY}/byGroupId/{{groupId}}", {**at, "groupId": group_id(bench)})
        return "update"

    return once(bench, "restricted", make)


def alice(bench: Bench) -> Pairs:
    return (("accountId", str(bench.accounts["alice"])),)


def app_property(bench: Bench) -> str:
    """The same key in both products, as the segments before it are the same."""

    def make() -> str:
        for at in ("/rest/forge/1/app/properties", f"{V2}/app/properties"):
            bench.json(f"PUT {at}/{{propertyKey}}", {"propertyKey": "score"}, {"n": 1}, by="app")
        return "score"

    return once(bench, "app property", make)


def a_property(bench: Bench, of: str, id_: str) -> str:
    """The id of a property of something; it is made with the first call."""
    name = f"POST {V2}/{of}s/{{{of}-id}}/properties"
    body = {"key": "score", "value": {"n": 1}}
    return once(bench, name, lambda: str(bench.json(name, {f"{of}-id": id_}, body)["id"]))


THINGS: Mapping[str, Callable[[Bench], Sequence[str]]] = MappingProxyType(
    {
        "pages": lambda b: [busy_page(b).id, homepage(b), plain_page(b).id],
        "blogposts": lambda b: [post(b)],
        "content": lambda b: [busy_page(b).id, plain_page(b).id],
        "spaces": lambda b: [b.site.variables["space.id"], *list(b.site.spaces)[1:2]],
        "attachments": lambda b: [busy_page(b).attachments[0].id],
        "attachment": lambda b: [busy_page(b).attachments[0].id],
        "labels": lambda b: [busy_page(b).labels[0].id],
        "label": lambda b: [busy_page(b).labels[0].name],
        "footer-comments": lambda b: [own_comment(b, inline=False), *comments(b, inline=False)],
        "inline-comments": lambda b: [own_comment(b, inline=True), *comments(b, inline=True)],
        "comments": lambda b: [own_comment(b, inline=False)],
        "tasks": lambda b: [task(b)],
        "pages properties": lambda b: [a_property(b, "page", busy_page(b).id)],
        "blogposts properties": lambda b: [a_property(b, "blogpost", post(b))],
        "comments properties": lambda b: [a_property(b, "comment", own_comment(b, inline=False))],
        "attachments properties": lambda b: [a_property(b, "attachment", busy_page(b).attachments[0].id)],
        "spaces properties": lambda b: [a_property(b, "space", b.site.variables["space.id"])],
        "app properties": lambda b: [app_property(b)],
        "{groupId}": lambda b: [group_id(b)],
        "{operationKey}": lambda b: [restricted(b)],
        "{position}": lambda b: ["append", "before", "after"],
        "{targetId}": lambda b: [homepage(b)],
    }
)
"""The segment before a parameter, or the parameter itself → values for it, the best first."""


def restriction(bench: Bench) -> list[Json]:
    user = {"type": "known", "accountId": bench.accounts["alice"]}
    return [{"operation": "update", "restrictions": {"user": [user], "group": []}}]


def form(name: str) -> bytes:
    """A file of that name, and that it is no minor edit."""
    parts = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\ntext\r\n'
        '--b\r\nContent-Disposition: form-data; name="minorEdit"\r\n\r\nfalse\r\n--b--\r\n'
    )
    return parts.encode()


def a_change(_: Bench) -> Json:
    return {"key": "score", "value": 2, "version": {"number": 2, "message": "why"}}


HOLDERS = ("page", "blogpost", "comment", "attachment", "space")
FILES = f"{V1}/content/{{id}}/child/attachment"
UPLOADS = (f"POST {FILES}", f"PUT {FILES}", f"POST {FILES}/{{attachmentId}}/data",
           "POST /rest/api/3/issue/{issueIdOrKey}/attachments")  # fmt: skip

BODIES: Mapping[str, Callable[[Bench], Any]] = MappingProxyType(
    {
        f"POST {V2}/blogposts": new_post,
        f"PUT {V2}/blogposts/{{id}}": lambda b: {
            **new_post(b), "id": post(b), "version": {"number": 2, "message": "why"}},
        f"PUT {V2}/footer-comments/{{comment-id}}": lambda b: {"version": {"number": 2}, "body": storage("d")},
        f"POST {V2}/inline-comments": lambda b: selected(b, "beta"),
        f"PUT {V2}/inline-comments/{{comment-id}}": lambda b: {
            "version": {"number": 2}, "body": storage("d"), "resolved": True},
        **{f"POST {V2}/{of}s/{{{of}-id}}/properties": lambda b: {"key": "other", "value": "x"} for of in HOLDERS},
        **{f"PUT {V2}/{of}s/{{{of}-id}}/properties/{{property-id}}": a_change for of in HOLDERS},
        f"POST {V2}/spaces": lambda b: {"name": "New", "key": "NEWKEY"},
        f"PUT {V2}/tasks/{{id}}": lambda b: {"status": "complete"},
        f"POST {V2}/content/convert-ids-to-types": lambda b: {
            "contentIds": [busy_page(b).id, post(b), own_comment(b, inline=True), "1"]},
        f"PUT {V2}/app/properties/{{propertyKey}}": lambda b: {"n": 2},
        **{each: lambda b: form("new.txt") for each in UPLOADS},
        f"POST {V1}/content/{{id}}/version": lambda b: {
            "operationKey": "restore", "params": {"versionNumber": busy_page(b).version, "message": "why"}},
        f"POST {V1}/content/{{id}}/copy": lambda b: {
            "pageTitle": "Copy", "destination": {"type": "parent_page", "value": homepage(b)}},
        f"POST {V1}/content/{{id}}/permission/check": lambda b: {
            "subject": {"type": "user", "identifier": b.accounts["alice"]}, "operation": "read"},
        f"POST {V1}/content/{{id}}/restriction": restriction,
        f"PUT {V1}/content/{{id}}/restriction": restriction,
    }
)  # fmt: skip

QUERIES: Mapping[str, Callable[[Bench], Pairs]] = MappingProxyType(
    {
        f"GET {V1}/user/bulk": alice,
        f"GET {V1}/user/memberof": alice,
        f"GET {V1}/group/by-id": lambda b: (("id", group_id(b)),),
        f"GET {V1}/group/picker": lambda b: (("query", GROUP[:4]),),
        **{f"{method} {BY}/user": alice for method in ("GET", "PUT", "DELETE")},
    }
)

HEADERS: Mapping[str, Pairs] = MappingProxyType(dict.fromkeys(UPLOADS, FORM))

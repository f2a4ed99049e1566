"""A small site with rights that differ, and a way to call Confluence as its people do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.products.answer import Happened
from forgesim.products.confluence.service import Confluence
from forgesim.scopes.table import find, normalise
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.model import Attachment, Comment, Label, Page, Site, Space, User

DAY = 86_400_000
TASKS = (
    "<ac:task-list>"
    "<ac:task><ac:task-id>1</ac:task-id><ac:task-uuid>u-1</ac:task-uuid><ac:task-status>incomplete</ac:task-status>"
    '<ac:task-body>Call <ac:link><ri:user ri:account-id="712020:bob" /></ac:link> by <time datetime="2026-02-01" />'
    "</ac:task-body></ac:task>"
    "<ac:task><ac:task-id>2</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>Rest</ac:task-body>"
    "</ac:task></ac:task-list>"
)
ACCOUNTS = {"alice": "712020:alice", "bob": "712020:bob", "app": APP_ACCOUNT, "nobody": None}


@dataclass(frozen=True)
class Answered:
    status: int
    json: Any
    headers: dict[str, str]
    reads: tuple[str, ...]
    unsupported: str | None
    happened: tuple[Happened, ...] = ()

    @property
    def events(self) -> list[str]:
        """What happened, without the product: ``created:page``."""
        return [each.name.split(":", 2)[2] for each in self.happened]

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.json["results"]]


Ask = Callable[..., Answered]


class Form(bytes):
    """The bytes of a form with one file, as browsers send it."""

    kind = "multipart/form-data; boundary=cut"


def form(name: str = "new.txt", data: bytes = b"words", media: str = "text/plain", **fields: str) -> Form:
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {media}\r\n\r\n'
    parts.append(head.encode() + data)
    return Form(b"".join(b"--cut\r\n" + part + b"\r\n" for part in parts) + b"--cut--\r\n")


def page(id_: int, space: str = "10", **changes: Any) -> Page:
    made = EPOCH_MS - id_ * DAY
    fields: dict[str, Any] = {
        "id": str(id_),
        "space_id": space,
        "title": f"Page {id_}",
        "body": f"<p>Body {id_}</p>",
        "author": "712020:alice",
        "owner": "712020:bob",
        "created_at": made,
        "updated_at": made + 1000,
        "updated_by": "712020:alice",
        "parent_id": "100" if id_ != 100 and space == "10" else None,
        "position": id_,
    }
    return Page(**{**fields, **changes})


@pytest.fixture
def site() -> Site:
    """DOCS (10) is open; only alice sees page 103 and what is below, and only she edits 102; SEC (20) is hers. 300 is a
    blog post with two tasks."""
    alice, bob = (
        User(account_id=f"712020:{each}", handle=each, name=each.title(), email=f"{each}@example.org")
        for each in ("alice", "bob")
    )
    alice.admin = True
    mine = [alice.account_id]
    pages = [
        page(100, labels=[Label(id="501", name="howto"), Label(id="502", name="draft", prefix="team")]),
        page(101, views=7, viewers_count=3, properties={"b": 1, "a": {"x": [1]}}),
        page(102, editors=mine, labels=[Label(id="501", name="howto")]),
        page(103, viewers=mine, labels=[Label(id="503", name="own", prefix="my")]),
        page(104, parent_id="103"),
        page(105, status="archived"),
        page(106, status="trashed"),
        page(200, "20"),
        page(300, kind="blogpost", parent_id=None, body=TASKS, labels=[Label(id="501", name="howto")]),
    ]
    pages[1].comments = [
        Comment(id="601", author=alice.account_id, created_at=EPOCH_MS, body="<p>one</p>"),
        Comment(id="602", author=bob.account_id, created_at=EPOCH_MS + 1, body="<p>two</p>", parent_id="601"),
        Comment(
            id="603",
            author=bob.account_id,
            created_at=EPOCH_MS,
            body="<p>in</p>",
            inline=True,
            resolution="resolved",
            selection="some words",
        ),
    ]
    pages[1].attachments = [
        Attachment(
            id="701",
            title="plan a.pdf",
            media_type="application/pdf",
            created_at=EPOCH_MS,
            author=bob.account_id,
            data=b"1234",
        )
    ]
    pages[3].comments = [Comment(id="604", author=alice.account_id, created_at=EPOCH_MS, body="<p>hidden</p>")]
    spaces = [
        Space(id="10", key="DOCS", name="Docs", homepage_id="100", owner=alice.account_id, description="All & sundry"),
        Space(id="20", key="SEC", name="Secrets", viewers=mine),
    ]
    return Site(
        name="test",
        cloud_id="cloud",
        host="test.example.org",
        region="us",
        clock_ms=EPOCH_MS,
        seed=1,
        synthetic=True,
        users={each.account_id: each for each in (alice, bob)},
        spaces={each.id: each for each in spaces},
        pages={each.id: each for each in pages},
    )


@pytest.fixture
def ask(site: Site) -> Ask:
    """``ask(method, path, body=None, by="alice")``: one call through the routes, at the site's start. A form is sent
    with the headers of one."""
    confluence = Confluence(site)

    def call(method: str, path: str, body: Any = None, by: str = "alice", **headers: str) -> Answered:
        clean, query = normalise(path)
        match = find("confluence", method, clean)
        assert match is not None, f"{method} {path} is in no table"
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Content-Type": body.kind, "X-Atlassian-Token": "no-check"} if isinstance(body, Form) else {}
        got = confluence.perform(
            match.operation,
            match.params,
            query,
            raw,
            account=ACCOUNTS[by],
            now_ms=EPOCH_MS,
            headers=[*sent.items(), *headers.items()],
            as_app=by == "app",
        )
        text = got.answer.body
        return Answered(
            got.answer.status,
            json.loads(text) if dict(got.answer.headers).get("content-type") == "application/json" else text or None,
            dict(got.answer.headers),
            got.reads,
            got.unsupported,
            got.happened,
        )

    return call

"""Every failure of every service, for every call: words for who asked, the same each time, and nothing lost.

Services are played here, answer by answer, where the SDK hands requests on; the clock runs as fast as nobody waits.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from xpress_clock import finished  # type: ignore[import-not-found]

from forgesim.sdk import fetch
from forgesim.sdk.fetch import Init
from forgesim.sdk.response import Response
from xpress.resolvers import handler

Answer = tuple[int, bytes] | None
"""Status and body; nothing is silence."""

PDF = b"%PDF-1.7\n...\n%%EOF\n"
MADE = {"pdf": base64.b64encode(PDF).decode(), "sheets": 1, "placeholders": [], "accessible": "pdf/ua-1"}
LINKS = {"base": "https://a.example/wiki", "webui": "/spaces/DOCS/pages/1/Home"}
BODY = '<ac:image><ri:attachment ri:filename="plan.png"/></ac:image>'
PAGE = {"id": "1", "title": "Home", "parentId": None, "body": {"storage": {"value": BODY}}, "_links": LINKS}
FILE = {"id": "att1", "title": "plan.png", "pageId": "1", "fileSize": 4}
SAVED = {"paper": "a4", "accent": "red", "size": 12, "cover": False, "contents": True}

CONFLUENCE, RENDERER, STORAGE = "Confluence", "The rendering service", "Forge storage"
CALLS: Mapping[str, tuple[Mapping[str, Any], frozenset[str]]] = {
    "exportPage": ({"pageId": "1"}, frozenset({CONFLUENCE, RENDERER, STORAGE})),
    "exportTree": ({"pageId": "1"}, frozenset({CONFLUENCE, RENDERER, STORAGE})),
    "exportTree of a choice": ({"pageIds": ["1"]}, frozenset({CONFLUENCE, RENDERER, STORAGE})),
    "contents": ({"pageId": "1"}, frozenset({CONFLUENCE})),
    "template": ({}, frozenset({STORAGE})),
    "saveTemplate": ({"template": SAVED}, frozenset({STORAGE})),
}
"""Call → payload and the services that it asks."""


class World:
    """All services; one of them may fail."""

    def __init__(self, broken: str, answer: Answer, times: int = 99) -> None:
        self.broken, self.answer, self.times = broken, answer, times
        self.asked: list[str] = []
        self.logged: list[str] = []
        self.rendered = b""

    async def fetch(self, descriptor: dict[str, Any], path: str, init: Init) -> Response:
        service = {"kvs": STORAGE, "external": RENDERER}.get(descriptor["type"], CONFLUENCE)
        self.asked.append(f"{service} {path}")
        if service == RENDERER:
            self.rendered = init.body
        answer: Answer = (200, self.honest(service, path))
        if service == self.broken and self.times > 0:
            self.times -= 1
            answer = self.answer
        if answer is None:
            await asyncio.Event().wait()
            raise AssertionError("never")
        return Response(answer[0], (("content-type", "application/json"),), answer[1])

    def honest(self, service: str, path: str) -> bytes:
        if service == RENDERER:
            return json.dumps(MADE).encode()
        if service == STORAGE:
            return json.dumps({"key": "template", "value": SAVED}).encode()
        if "/download" in path:
            return b"\x89PNG"
        if "/attachments" in path:
            return json.dumps({"results": [FILE], "_links": {}}).encode()
        if "/descendants" in path:
            return json.dumps({"results": [], "_links": {}}).encode()
        return json.dumps(PAGE).encode()

    def log(self, level: str, text: str) -> None:
        self.logged.append(f"{level} {text}")

    def app_context(self) -> Mapping[str, Any]:
        return {}


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[[World, str], Any]:
    def call(world: World, name: str) -> Any:
        monkeypatch.setattr(fetch, "_transport", world)
        asked = {"functionKey": name.split(" ", maxsplit=1)[0], "payload": CALLS[name][0]}
        return finished(handler({"call": asked}))

    return call


def made(**changes: object) -> bytes:
    return json.dumps({**MADE, **changes}).encode()


WORDS = {
    400: "did not understand XPress; update the app, or tell its vendor",
    401: "does not accept XPress's permissions; ask an admin to approve the app's scopes",
    403: "does not allow this",
    404: "knows no such page, or you may not see it",
    413: "takes no more than 5 MB; export a smaller part, or pages with fewer pictures",
    418: "answered 418",
    429: "is busy; try again in a minute",
    500: "had an error of its own; try again later",
    502: "cannot do this now; try again later, or with a smaller part",
    503: "cannot do this now; try again later, or with a smaller part",
}
GARBLED = "answered with something that XPress cannot use; try again later"
SILENT = "did not answer in time; try again later"
FAILURES: list[tuple[str, str, Answer, str]] = [
    *(
        (service, str(status), (status, b'{"code": "X", "message": "no"}'), words)
        for service in (CONFLUENCE, RENDERER, STORAGE)
        for status, words in WORDS.items()
        if not (service == STORAGE and status == 404)  # that is how storage says that nothing is stored
    ),
    *((service, "silence", None, SILENT) for service in (CONFLUENCE, RENDERER, STORAGE)),
    *(
        (service, name, (200, body), GARBLED)
        for service in (CONFLUENCE, RENDERER)
        for name, body in {
            "no JSON": b"<html>Sign in</html>", "nothing": b"", "half of it": b'{"pdf": "JVBER', "a list": b"[]",
            "a number": b"7", "another map": b"{}", "no text": b"\xff\xfe", "null": b"null",
        }.items()
    ),
    *(
        (RENDERER, name, (200, body), GARBLED)
        for name, body in {
            "half a PDF": made(pdf=base64.b64encode(PDF[:12]).decode()),
            "no PDF": made(pdf=base64.b64encode(b"<html></html>%%EOF").decode()),
            "no base64": made(pdf="%PDF-1.7 %%EOF"),
            "a PDF that is null": made(pdf=None),
            "a PDF alone": json.dumps({"pdf": MADE["pdf"]}).encode(),
        }.items()
    ),
]  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("service", "answer", "words"),
    [(service, answer, words) for service, _, answer, words in FAILURES],
    ids=[f"{service}: {kind}" for service, kind, *_ in FAILURES],
)
def test_a_failure_is_said_in_words(call: Any, name: str, service: str, answer: Answer, words: str) -> None:
    world = World(service, answer)
    result = call(world, name)
    if service in CALLS[name][1]:
        assert result == {"problem": f"{service} {words}."}
        assert [line for line in world.logged if line.startswith("warn")] != []
    else:
        assert result["problem"] is None if "problem" in result else result["size"] == 12
        assert world.times == 99


PASSING: dict[str, tuple[str, Answer]] = {
    "a busy Confluence": (CONFLUENCE, (429, b"{}")),
    "an error of the renderer": (RENDERER, (500, b"{}")),
    "half a PDF": (RENDERER, (200, made(pdf="JVBERi0x"))),
    "a renderer that starts": (RENDERER, (503, b"")),
    "a gateway": (CONFLUENCE, (502, b"<html>")),
    "a busy storage": (STORAGE, (429, b'{"code": "RATE_LIMIT_EXCEEDED", "message": "no"}')),
}


@pytest.mark.parametrize(("service", "answer"), PASSING.values(), ids=PASSING.keys())
def test_what_passes_is_asked_again_and_loses_nothing(call: Any, service: str, answer: Answer) -> None:
    result = call(World(service, answer, times=1), "exportPage")
    assert (result["problem"], result["data"]) == (None, MADE["pdf"])


@pytest.mark.parametrize(("status", "tries"), [(403, 1), (404, 1), (413, 1), (429, 2), (500, 2), (504, 1)])
def test_what_does_not_pass_is_asked_once(call: Any, status: int, tries: int) -> None:
    world = World(RENDERER, (status, b"{}"))
    call(world, "exportPage")
    assert len([each for each in world.asked if each.startswith(RENDERER)]) == tries


@pytest.mark.parametrize("part", ["/attachments", "/download"])
def test_a_picture_that_is_gone_costs_no_document(call: Any, part: str) -> None:
    class Gone(World):
        async def fetch(self, descriptor: dict[str, Any], path: str, init: Init) -> Response:
            if part in path:
                return Response(404, (), b"{}")
            return await super().fetch(descriptor, path, init)

    world = Gone("nobody", None)
    result = call(world, "exportPage")
    assert (result["problem"], json.loads(world.rendered)["pictures"]) == (None, [])


def test_an_address_that_admins_have_not_allowed_is_said_in_words(call: Any) -> None:
    class Blocked(World):
        async def fetch(self, descriptor: dict[str, Any], path: str, init: Init) -> Response:
            if descriptor["type"] == "external":
                return Response(403, (("forge-proxy-error", "BLOCKED_EGRESS"),), b"")
            return await super().fetch(descriptor, path, init)

    assert call(Blocked("nobody", None), "exportPage") == {"problem": "The rendering service does not allow this."}

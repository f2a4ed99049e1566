from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from forgesim.sdk import fetch
from forgesim.sdk.fetch import Init
from forgesim.sdk.response import Response


class Wire:
    """A transport that writes down what it is given and answers from a list, then with 200 ``{}``."""

    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, Any], str, Init]] = []
        self.logged: list[tuple[str, str]] = []
        self.answers: list[Response] = []
        self.about: dict[str, Any] = {"invocationId": "i-1"}

    async def fetch(self, descriptor: dict[str, Any], path: str, init: Init) -> Response:
        self.sent.append((descriptor, path, init))
        return self.answers.pop(0) if self.answers else Response(200, [], b"{}")

    def log(self, level: str, text: str) -> None:
        self.logged.append((level, text))

    def app_context(self) -> Mapping[str, Any]:
        return self.about

    def answer(self, status: int, body: Any = None, *, headers: tuple[tuple[str, str], ...] = ()) -> None:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.answers.append(Response(status, headers, data))

    @property
    def body(self) -> Any:
        """The last request's body as JSON."""
        return json.loads(self.sent[-1][2].body)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(fetch, "_transport", wire)
    return wire


Run = Callable[[Awaitable[Any]], Any]


@pytest.fixture
def run() -> Run:
    async def finish(awaitable: Awaitable[Any]) -> Any:
        return await awaitable

    return lambda awaitable: asyncio.run(finish(awaitable))

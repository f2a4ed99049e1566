"""What a fetch resolves to: status, headers and a body that is already here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from forgesim.sdk.wire import decode

__all__ = ["Headers", "Response"]

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Headers:
    """Response headers; names compare without regard to case, repeated ones join with a comma."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    def get(self, name: str, default: str | None = None) -> str | None:
        wanted = name.lower()
        values = [value for key, value in self._pairs if key.lower() == wanted]
        return ", ".join(values) if values else default

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter([(key.lower(), value) for key, value in self._pairs])

    def __len__(self) -> int:
        return len(self._pairs)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"


class Response:
    """A WHATWG response without a stream. ``json()``, ``text()`` and ``bytes()`` are awaited, as in JavaScript,
    and may be called more than once."""

    __slots__ = ("_body", "_headers", "status")

    def __init__(self, status: int, headers: Sequence[tuple[str, str]] = (), body: bytes = b"") -> None:
        self.status = status
        self._headers = headers
        self._body = body

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def status_text(self) -> str:
        return _PHRASES.get(self.status, "")

    @property
    def headers(self) -> Headers:
        return Headers(self._headers)

    async def json(self) -> Any:
        """The body as JSON. Raises ValueError where it is none."""
        return decode(self._body)

    async def text(self) -> str:
        return self._body.decode("utf-8", "replace")

    async def bytes(self) -> bytes:
        return self._body

    def __repr__(self) -> str:
        return f"<Response {self.status} {self.status_text}>"

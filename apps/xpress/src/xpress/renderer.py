"""The rendering service on AWS: pages go there when somebody asks for a document, and a PDF comes back."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from forgesim.sdk import api, log
from xpress.patience import OK, RefusedError, ask

__all__ = ["render"]

SERVICE = "The rendering service"
URL = "https://x9pr3ss0.execute-api.us-east-1.amazonaws.com/render"
ANSWER_S = 14.0
EDGE = 1024
"""A PDF begins and ends within that many bytes of its file's ends (ISO 32000-1, annex H.3)."""


async def render(document: dict[str, Any]) -> dict[str, Any]:
    """``{pdf: base64, sheets, placeholders, accessible}``.

    Logs id, sizes and time, never what is in them. Raises RefusedError, for half a PDF too.
    """
    begun = _now_ms()

    async def send() -> dict[str, Any]:
        answer = await api.fetch(URL, method="POST", json={**document, "at": _now_ms()})
        request_id = answer.headers.get("apigw-requestid", "unknown")
        log.info(f"render {request_id}: {answer.status}, {len(await answer.bytes())} bytes, {_now_ms() - begun} ms")
        if answer.status != OK:
            raise RefusedError(SERVICE, answer.status)
        return _whole(await answer.json())

    return await ask(SERVICE, send, ANSWER_S)


def _whole(made: dict[str, Any]) -> dict[str, Any]:
    """The document, if its PDF begins and ends as one. Raises ValueError, KeyError or TypeError."""
    pdf = base64.b64decode(made["pdf"], validate=True)
    pdf.index(b"%PDF-", 0, EDGE)
    pdf.rindex(b"%%EOF", -EDGE)
    return {name: made[name] for name in ("pdf", "sheets", "placeholders", "accessible")}


def _now_ms() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)  # noqa: TID251 -- an app has no other clock than the platform's

"""The rendering service on AWS: pages go there when somebody asks for a document, and a PDF comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from forgesim.sdk import api, log
from xpress.patience import OK, RefusedError, ask

__all__ = ["render"]

SERVICE = "The rendering service"
URL = "https://x9pr3ss0.execute-api.us-east-1.amazonaws.com/render"
ANSWER_S = 14.0


async def render(document: dict[str, Any]) -> dict[str, Any]:
    """``{pdf: base64, sheets, placeholders, accessible}``.

    Logs id, sizes and time, never what is in them. Raises RefusedError.
    """
    begun = _now_ms()

    async def send() -> dict[str, Any]:
        answer = await api.fetch(URL, method="POST", json={**document, "at": _now_ms()})
        request_id = answer.headers.get("apigw-requestid", "unknown")
        log.info(f"render {request_id}: {answer.status}, {len(await answer.bytes())} bytes, {_now_ms() - begun} ms")
        if answer.status != OK:
            raise RefusedError(SERVICE, answer.status)
        return await answer.json()  # type: ignore[no-any-return]

    return await ask(SERVICE, send, ANSWER_S)


def _now_ms() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)  # noqa: TID251 -- an app has no other clock than the platform's

"""The guest program of the egress campaign: it runs behind the walls in the app's place and asks for what it is told.

Read as source and compiled into an image; the host never imports it.
"""

from __future__ import annotations

from typing import Any

from forgesim.sdk.fetch import Init, forge_fetch

__all__ = ["handler"]


async def handler(event: dict[str, Any], _context: object) -> list[list[Any]]:
    """The answer to each of ``event["asks"]``: ``[status, forge-proxy-error]``, or ``[exception, text]``."""
    answers: list[list[Any]] = []
    for number, ask in enumerate(event["asks"]):
        headers = [(str(name), str(value)) for name, value in ask["headers"]]
        headers.append(("x-forgesim-ask", str(number)))
        init = Init(ask["method"], headers, ask["body"].encode())
        try:
            answer = await forge_fetch({"type": "external", "redirect": ask["redirect"]}, ask["url"], init)
        except Exception as error:  # noqa: BLE001 - told to the campaign, whatever it was
            answers.append([type(error).__name__, str(error)])
        else:
            answers.append([answer.status, answer.headers.get("forge-proxy-error")])
    return answers

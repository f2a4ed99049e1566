"""``privacy``: telling Atlassian whose accounts the app keeps data of, and hearing which must go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from forgesim.sdk.errors import HttpError
from forgesim.sdk.fetch import Init, forge_fetch, raise_for_proxy
from forgesim.sdk.response import Response
from forgesim.sdk.wire import encode

__all__ = ["Privacy", "ReportRefusedError", "privacy"]

_DESCRIPTOR = {"type": "fpp", "provider": "app", "remote": "stargate"}
_HEADERS = [("content-type", "application/json")]
_PATH = "/app/report-accounts"
_CHUNK = 90


class ReportRefusedError(HttpError):
    """The platform took no report; ``response`` is its answer, which Forge's own client rejects with."""

    def __init__(self, response: Response) -> None:
        self.response, self.status = response, response.status
        super().__init__(response)

    def __str__(self) -> str:
        return f"personal data was not reported: {self.status}"


class Privacy:
    """What ``@forge/api`` offers under that name."""

    __slots__ = ()

    async def report_personal_data(self, accounts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Report ``{"accountId", "updatedAt"}`` of each account, 90 at a time. Gives those to act on, each with its
        ``status``: ``closed`` (erase what is kept of it) or ``updated`` (fetch it again, or erase it).

        Raises ReportRefusedError where the platform answers anything but 200 or 204.
        """
        found: list[dict[str, Any]] = []
        for start in range(0, len(accounts), _CHUNK):
            init = Init("POST", _HEADERS, encode({"accounts": list(accounts[start : start + _CHUNK])}))
            response = raise_for_proxy(await forge_fetch(_DESCRIPTOR, _PATH, init))
            if response.status == 200:
                found += (await response.json()).get("accounts", [])
            elif response.status != 204:
                raise ReportRefusedError(response)
        return found


privacy = Privacy()

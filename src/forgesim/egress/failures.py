"""What an app gets where egress gives it no host's answer: a refusal, or the name of what failed on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from forgesim.decision import Decision
from forgesim.egress.subprocessors.service import json_answer
from forgesim.seam import Answer

__all__ = ["Code", "LiveError", "blocked_answer", "failed_answer"]

Code = Literal[
    "BLOCKED_EGRESS", "ERR_DNS_FAIL", "ERR_CONNECT_FAIL", "ERR_SECURE_CONNECT_FAIL", "ERR_READ_ERROR",
    "ERR_ZERO_SIZE_OBJECT", "ERR_INVALID_RESP", "ERR_TOO_BIG", "ERR_READ_TIMEOUT", "ERR_LIFETIME_EXP",
]  # fmt: skip
"""``BLOCKED_EGRESS`` is Forge's; the others are Squid's names, as Forge's egress proxy was seen to use them (a public
project, 2026-10). Which of them Forge gives for which failure is not documented: the match is our choice."""

STATUS: Final[Mapping[str, int]] = {
    "ERR_DNS_FAIL": 503,
    "ERR_CONNECT_FAIL": 503,
    "ERR_SECURE_CONNECT_FAIL": 503,
    "ERR_READ_ERROR": 502,
    "ERR_ZERO_SIZE_OBJECT": 502,
    "ERR_INVALID_RESP": 502,
    "ERR_TOO_BIG": 502,
    "ERR_READ_TIMEOUT": 504,
    "ERR_LIFETIME_EXP": 504,
}


class LiveError(Exception):
    """Why a live request has no answer of its host. ``says`` is ours alone: it quotes nothing that the host sent."""

    def __init__(self, code: Code, says: str) -> None:
        self.code: Code = code
        self.says = says
        super().__init__(code, says)

    def __str__(self) -> str:
        return f"{self.code}: {self.says}"


BLOCKED: Final = Answer(403, b"", (("forge-proxy-error", "BLOCKED_EGRESS"),))


def blocked_answer(decision: Decision) -> Answer:  # noqa: ARG001
    """What the app gets where egress is refused: 403 with ``forge-proxy-error: BLOCKED_EGRESS`` and no
    body.

    Measured by a public project, 2026-10; the documentation does not say. The reason is in the ledger, not
    here.
    """
    return BLOCKED


def failed_answer(error: LiveError) -> Answer:
    """A refusal as any other; else 502, 503 or 504 with the failure's name in ``x-squid-error``."""
    if error.code == "BLOCKED_EGRESS":
        return BLOCKED
    answer = json_answer(STATUS[error.code], {"code": error.code, "message": error.says})
    return Answer(answer.status, answer.body, (*answer.headers, ("x-squid-error", error.code)))

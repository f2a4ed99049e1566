"""Asks Forge LLM what a team may talk about after a sprint. It is told numbers of sprints, and no word of Jira's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json import dumps
from typing import Any

from forgesim.sdk import ForgeLlmAPIError, llm
from syncup.anomaly import anomalies, signs
from syncup.patience import Patience, RefusedError
from syncup.report import Row

__all__ = ["ask", "told"]

SERVICE = "Forge LLM"
MODEL = "claude-haiku-4-5-20251001"
ANSWER_S = 12.0
ANSWER_CHARACTERS = 2000
TASK = (
    "You prepare a team's retrospective. The user message is one JSON object: for each of the team's last sprints, "
    "oldest first, percentages and days, and of the last one what was unusual for this team. Write four short open "
    "questions for the team to talk about, each with the number that it comes from. Blame nobody, guess at no "
    "cause. Answer in plain text, one question a line."
)


def told(rows: Sequence[Row], unit: str) -> Mapping[str, Any]:
    """All that the model is told of these sprints; there is at least one."""
    unusual = anomalies(rows[-1], rows[:-1], unit)
    return {"unit": unit, "sprints": [signs(row, unit) for row in rows], "unusual": unusual}


async def ask(patience: Patience, rows: Sequence[Row], unit: str) -> str:
    """What the model says, cut to 2,000 characters. Raises RefusedError."""
    numbers = dumps(told(rows, unit))
    messages = [{"role": "system", "content": TASK}, {"role": "user", "content": numbers}]

    async def send() -> str:
        try:
            answer = await llm.chat(model=MODEL, messages=messages, max_completion_tokens=400)
        except ForgeLlmAPIError as error:
            raise RefusedError(SERVICE, error.status) from None
        return str(answer["choices"][0]["message"]["content"])[:ANSWER_CHARACTERS]

    return await patience.ask(SERVICE, send, ANSWER_S)

"""Asks Forge LLM what a team may talk about after a sprint, or a week. It is told numbers, and no word of Jira's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json import dumps
from typing import Any

from forgesim.sdk import ForgeLlmAPIError, llm
from syncup.anomaly import LEAST_WEEKS, anomalies, outside, signs
from syncup.patience import Patience, RefusedError
from syncup.report import Row
from syncup.weeks import Week, signs_of

__all__ = ["ask", "told", "told_by_weeks"]

SERVICE = "Forge LLM"
MODEL = "claude-haiku-4-5-20251001"
ANSWER_S = 12.0
ANSWER_CHARACTERS = 2000
TASK = (
    "You prepare a team's retrospective. The user message is one JSON object: for each of the team's last sprints "
    "or weeks, oldest first, counts, percentages and days, and of the last one what was unusual for this team. Write "
    "four short open questions for the team to talk about, each with the number that it comes from. Blame nobody, "
    "guess at no cause. Answer in plain text, one question a line."
)


def told(rows: Sequence[Row], unit: str) -> Mapping[str, Any]:
    """All that the model is told of these sprints; there is at least one."""
    unusual = anomalies(rows[-1], rows[:-1], unit)
    return {"unit": unit, "sprints": [signs(row, unit) for row in rows], "unusual": unusual}


def told_by_weeks(weeks: Sequence[Week]) -> Mapping[str, Any]:
    """All that the model is told of a board without sprints; there is at least one week."""
    *before, last = map(signs_of, weeks)
    return {"unit": "issues", "weeks": [*before, last], "unusual": outside(last, before, LEAST_WEEKS)}


async def ask(patience: Patience, numbers: Mapping[str, Any]) -> str:
    """What the model says to what it is told, cut to 2,000 characters. Raises RefusedError."""
    messages = [{"role": "system", "content": TASK}, {"role": "user", "content": dumps(numbers)}]

    async def send() -> str:
        try:
            answer = await llm.chat(model=MODEL, messages=messages, max_completion_tokens=400)
        except ForgeLlmAPIError as error:
            raise RefusedError(SERVICE, error.status) from None
        return str(answer["choices"][0]["message"]["content"])[:ANSWER_CHARACTERS]

    return await patience.ask(SERVICE, send, ANSWER_S)

"""``llm``: Forge's language models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from forgesim.sdk.errors import ForgeLlmAPIError, PromptValidationError
from forgesim.sdk.fetch import Init, forge_fetch
from forgesim.sdk.response import Response
from forgesim.sdk.wire import decode, encode

__all__ = ["Llm", "llm"]

_ROLES = ("system", "user", "assistant", "tool")
_HEADERS = [("Content-Type", "application/json")]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _problems(model: Any, messages: Any, options: Mapping[str, Any]) -> list[str]:
    problems = [] if model and isinstance(model, str) else ["model is required"]
    for name in ("temperature", "top_p"):
        value = options.get(name)
        if value is not None and not (_is_number(value) and 0 <= value <= 1):
            problems.append(f"{name} must be between 0 and 1")
    most = options.get("max_completion_tokens")
    if most is not None and not (isinstance(most, int) and not isinstance(most, bool) and most > 0):
        problems.append("max_completion_tokens must be a positive integer")
    if not isinstance(messages, (list, tuple)) or not messages:
        return [*problems, "messages must hold at least one message"]
    for number, message in enumerate(messages):
        if not isinstance(message, Mapping) or message.get("role") not in _ROLES:
            problems.append(f"messages[{number}].role must be one of {', '.join(_ROLES)}")
        elif "content" not in message:
            problems.append(f"messages[{number}].content is required")
    return problems


class Llm:
    """What ``@forge/llm`` offers. Prompts and answers are wire JSON."""

    __slots__ = ()

    async def list(self) -> dict[str, Any]:
        """``{"models": [{"model": …, "status": "active"}]}``. Raises ForgeLlmAPIError."""
        response = await forge_fetch({"type": "llm"}, "https://llm", Init("GET", _HEADERS))
        return await _answer(response)

    async def chat(
        self,
        *,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        temperature: float | None = None,
        max_completion_tokens: int | None = None,
        top_p: float | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        tool_choice: Any = None,
    ) -> dict[str, Any]:
        """``{"choices": [{"finish_reason", "message": {"role", "content"}}], "usage"?: …}``.

        Raises PromptValidationError before any call is made, ForgeLlmAPIError where the service refuses.
        """
        options = _options(temperature, max_completion_tokens, top_p, tools, tool_choice)
        return await _answer(await _send(model, messages, options, stream=False))

    async def stream(
        self,
        *,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        temperature: float | None = None,
        max_completion_tokens: int | None = None,
        top_p: float | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        tool_choice: Any = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """The chunks of an answer, each of the shape that ``chat`` returns; raises as ``chat`` does.

        An answer that breaks off does not raise: it is complete when a chunk carries ``finish_reason``.
        """
        options = _options(temperature, max_completion_tokens, top_p, tools, tool_choice)
        response = await _send(model, messages, options, stream=True)
        if not response.ok:
            raise await _error(response)
        for line in (await response.bytes()).splitlines():
            if line.strip():
                try:
                    chunk = decode(line)
                except ValueError:
                    return
                yield chunk


def _options(
    temperature: float | None,
    max_completion_tokens: int | None,
    top_p: float | None,
    tools: Sequence[Mapping[str, Any]] | None,
    tool_choice: Any,
) -> dict[str, Any]:
    every = {
        "temperature": temperature,
        "max_completion_tokens": max_completion_tokens,
        "top_p": top_p,
        "tools": tools,
        "tool_choice": tool_choice,
    }
    return {name: value for name, value in every.items() if value is not None}


async def _send(
    model: str,
    messages: Sequence[Mapping[str, Any]],
    options: Mapping[str, Any],
    *,
    stream: bool,
) -> Response:
    if problems := _problems(model, messages, options):
        raise PromptValidationError(*problems)
    body = encode({"messages": messages, **options, "stream": stream})
    url = f"https://llm/{quote(model, safe='')}"
    return await forge_fetch({"type": "llm", "model": model}, url, Init("POST", _HEADERS, body))


async def _answer(response: Response) -> dict[str, Any]:
    if not response.ok:
        raise await _error(response)
    answer = await response.json()
    return answer if isinstance(answer, dict) else {}


async def _error(response: Response) -> ForgeLlmAPIError:
    headers = response.headers
    trace = headers.get("x-b3-traceid") or headers.get("x-trace-id") or headers.get("atl-traceid")
    text = await response.text()
    try:
        answer = decode(text)
    except ValueError:
        answer = None
    code, message = headers.get("forge-proxy-error") or "UNKNOWN_ERROR", text
    if isinstance(answer, dict) and "code" in answer and "message" in answer:
        code, message = str(answer["code"]), str(answer["message"])
    return ForgeLlmAPIError(code, message, response.status, response.status_text, trace)


llm = Llm()

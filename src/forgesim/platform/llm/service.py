"""Forge LLM as the gateway calls it: the wire shapes of the platform, the words of a deterministic model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from forgesim.errors import InputError
from forgesim.platform.llm import limits, models, rules
from forgesim.platform.llm.models import Model, Reply, Scripted
from forgesim.platform.llm.rules import Chat, LlmError
from forgesim.seam import Answer

__all__ = ["Llm"]

_JSON = (("content-type", "application/json"),)
_LINES = (("content-type", "application/x-ndjson"),)
_encode = msgspec.json.Encoder().encode


class Llm:
    """``model`` is what answers, whichever of Forge's models the app names: a key of ``models.MODELS``, or the replies
    of a scripted one.

    Raises InputError for another name, and for a script that is none.
    """

    def __init__(self, model: str | Sequence[str | Mapping[str, Any]] = "extractive") -> None:
        if isinstance(model, str) and model not in models.MODELS:
            raise InputError(f"unknown model {model!r}: one of {', '.join(models.MODELS)}")
        self._model: Model = models.MODELS[model] if isinstance(model, str) else Scripted(model)
        self._used = _Used()
        self._calls = 0

    def perform(
        self, installation: str, descriptor: Mapping[str, Any], method: str, path: str, body: bytes, now_ms: int
    ) -> Answer:
        """``GET https://llm`` lists the models, ``POST https://llm/MODEL`` chats; with ``stream`` the answer is one
        JSON object a line."""
        try:
            bare = path.rstrip("/") == "https://llm"
            if bare and method.upper() == "GET":
                return _listed()
            if bare or method.upper() != "POST" or not path.startswith("https://llm/"):
                raise LlmError(404, "NOT_FOUND", f"There is no LLM operation {method.upper()[:10]} {path[:200]}")
            model = rules.model_of(descriptor, path)
            return self._chat(installation, model, rules.chat_of(model, body), now_ms // limits.MINUTE_MS)
        except LlmError as error:
            return _failed(error.status, error.code, error.message)

    def _chat(self, installation: str, model: str, chat: Chat, minute: int) -> Answer:
        read = sum(models.count_tokens(message.text) for message in chat.messages)
        most = limits.CONTEXT_TOKENS[limits.family(model)]
        if read > most:
            raise LlmError(400, "BAD_REQUEST", f"The prompt has {read} tokens and {model} reads {most}")
        self._used.take(installation, model, read, minute)
        reply = self._model(chat)
        said = models.clip(reply.text, chat.max_tokens)
        written = models.count_tokens(said) + sum(_size(call.arguments) for call in reply.calls)
        self._used.add(installation, model, written, minute)
        why = "max_tokens" if said != reply.text else "tool_use" if reply.calls else "end_turn"
        usage = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
        calls = self._numbered(reply)
        if chat.stream:
            return Answer(200, _streamed(said, calls, why, usage), _LINES)
        message = {"role": "assistant", "content": said} | ({"tool_calls": calls} if calls else {})
        choice = {"finish_reason": why, "index": 0, "message": message}
        return Answer(200, _encode({"choices": [choice], "usage": usage}), _JSON)

    def _numbered(self, reply: Reply) -> list[dict[str, Any]]:
        """Tool calls as the wire has them: ``arguments`` is an object; ids are counted."""
        calls = []
        for index, call in enumerate(reply.calls):
            self._calls += 1
            function = {"name": call.name, "arguments": call.arguments}
            calls.append({"id": f"call_{self._calls}", "type": "function", "index": index, "function": function})
        return calls


class _Used:
    """Requests and tokens of the minute that runs, which begins with the virtual clock's. What a request over the
    limit is answered is our choice: Forge documents the numbers, and the status 429 was seen."""

    def __init__(self) -> None:
        self._minute = -1
        self._count: Counter[tuple[str, str]] = Counter()

    def take(self, installation: str, model: str, tokens: int, minute: int) -> None:
        """One more request with so many tokens. Raises LlmError 429 where it is one too many; it then uses nothing."""
        if minute != self._minute:
            self._minute, self._count = minute, Counter()
        if self._count[installation, ""] >= limits.REQUESTS_PER_MINUTE:
            raise _too_many(f"{limits.REQUESTS_PER_MINUTE} requests a minute")
        if self._count[installation, model] + tokens > limits.TOKENS_PER_MINUTE:
            raise _too_many(f"{limits.TOKENS_PER_MINUTE} tokens a minute with {model}")
        self._count[installation, ""] += 1
        self._count[installation, model] += tokens

    def add(self, installation: str, model: str, tokens: int, minute: int) -> None:
        """Tokens of the answer to a request that was let through."""
        if minute == self._minute:
            self._count[installation, model] += tokens


def _too_many(what: str) -> LlmError:
    return LlmError(429, "RATE_LIMIT_EXCEEDED", f"An installation may make {what}")


def _size(arguments: Mapping[str, Any]) -> int:
    return models.count_tokens(_encode(arguments).decode())


def _streamed(said: str, calls: list[dict[str, Any]], why: str, usage: Mapping[str, int]) -> bytes:
    """Whole JSON lines: pieces of the text, then the tool calls, then the reason of the end."""
    lines: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "message": {"role": "assistant", "content": piece}}]} for piece in models.pieces(said)
    ]
    end = {"role": "assistant", "content": ""} | ({"tool_calls": calls} if calls else {})
    lines.append({"choices": [{"finish_reason": why, "index": 0, "message": end}], "usage": usage})
    return b"".join(_encode(line) + b"\n" for line in lines)


def _listed() -> Answer:
    known = [{"model": name, "status": "active"} for name in limits.MODELS]
    known += [{"model": name, "status": "deprecated"} for name in limits.DEPRECATED]
    return Answer(200, _encode({"models": known}), _JSON)


def _failed(status: int, code: str, message: str) -> Answer:
    return Answer(status, _encode({"code": code, "message": message}), _JSON)

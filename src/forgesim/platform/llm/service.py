"""Forge LLM as the gateway calls it: the wire shapes of the platform, the words of a deterministic model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from forgesim.errors import InputError
from forgesim.platform.llm import limits, models, rules
from forgesim.platform.llm.rules import LlmError
from forgesim.seam import Answer

__all__ = ["Llm"]

_JSON = (("content-type", "application/json"),)


class Llm:
    """``model`` is what answers, whichever of Forge's models the app names: a key of ``models.MODELS``.

    Raises InputError for another name.
    """

    def __init__(self, model: str = "extractive") -> None:
        if model not in models.MODELS:
            raise InputError(f"unknown model {model!r}: one of {', '.join(models.MODELS)}")
        self._model = models.MODELS[model]

    def perform(self, descriptor: Mapping[str, Any], method: str, path: str, body: bytes) -> Answer:
        """``GET https://llm`` lists the models, ``POST https://llm/MODEL`` chats. Streams and demanded tool
        calls are answered 501 with their name, for no model here makes them."""
        try:
            bare = path.rstrip("/") == "https://llm"
            if bare and method.upper() == "GET":
                return _listed()
            if bare or method.upper() != "POST" or not path.startswith("https://llm/"):
                raise LlmError(404, "NOT_FOUND", f"There is no LLM operation {method.upper()[:10]} {path[:200]}")
            return self._chat(rules.model_of(descriptor, path), body)
        except LlmError as error:
            return _failed(error.status, error.code, error.message)

    def _chat(self, model: str, body: bytes) -> Answer:
        chat = rules.chat_of(model, body)
        if chat.stream or chat.must_call:
            name = "llm stream" if chat.stream else "llm tool call"
            text = f"forgesim does not emulate {name}"
            return _failed(501, "NOT_EMULATED", text, ("x-forgesim-unsupported", name))
        read = sum(models.count_tokens(message.text) for message in chat.messages)
        most = next(size for family, size in limits.CONTEXT_TOKENS.items() if family in model)
        if read > most:
            raise LlmError(400, "BAD_REQUEST", f"The prompt has {read} tokens and {model} reads {most}")
        whole = self._model(chat.messages)
        said = models.clip(whole, chat.max_tokens)
        return _answered(said, read, "end_turn" if said == whole else "max_tokens")


def _answered(said: str, read: int, why: Literal["end_turn", "max_tokens"]) -> Answer:
    written = models.count_tokens(said)
    message = {"role": "assistant", "content": said}
    data = {
        "choices": [{"finish_reason": why, "index": 0, "message": message}],
        "usage": {"input_tokens": read, "output_tokens": written, "total_tokens": read + written},
    }
    return Answer(200, msgspec.json.encode(data), _JSON)


def _listed() -> Answer:
    known = [{"model": name, "status": "active"} for name in limits.MODELS]
    known += [{"model": name, "status": "deprecated"} for name in limits.DEPRECATED]
    return Answer(200, msgspec.json.encode({"models": known}), _JSON)


def _failed(status: int, code: str, message: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status, msgspec.json.encode({"code": code, "message": message}), _JSON + headers)

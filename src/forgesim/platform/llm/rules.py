"""Whether a chat request is legal, as far as Forge documents it. Pure.

Status and code of an unknown model were measured by a public project (2026-10). Forge documents no code for a
malformed prompt; here it is 400 ``BAD_REQUEST``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from forgesim.platform.llm import limits
from forgesim.strict import strict

__all__ = ["Chat", "LlmError", "Message", "Tool", "chat_of", "model_of"]

_URL = "https://llm"
_ROLES = ("system", "user", "assistant", "tool")
_CHOICES = ("auto", "none", "required")


class LlmError(Exception):
    """A request that the service refuses: HTTP status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(status, code, message)


class Message(msgspec.Struct, frozen=True):
    """One message; the texts of a content list are joined by line breaks."""

    role: str
    text: str


class Tool(msgspec.Struct, frozen=True):
    """A function that the model may call; ``parameters`` is the JSON Schema of its arguments."""

    name: str
    parameters: Mapping[str, Any]


class Chat(msgspec.Struct, frozen=True):
    """A legal prompt. ``must_call`` names the tool that the app insists on, ``tools`` those that the model may call,
    ``stream`` is true where it wants chunks."""

    messages: tuple[Message, ...]
    max_tokens: int
    stream: bool = False
    tools: tuple[Tool, ...] = ()
    must_call: str | None = None


def model_of(descriptor: Mapping[str, Any], path: str) -> str:
    """The model that a chat asks: the same in the descriptor and in the URL ``https://llm/MODEL``, and
    known."""
    named = unquote(path.removeprefix(_URL).removeprefix("/"))
    if descriptor.get("model", named) != named:
        raise _bad("the descriptor and the URL name different models")
    if named not in limits.MODELS and named not in limits.DEPRECATED:
        text = f"Forge LLMs model not allowed: anthropic.{named[:100]}"
        raise LlmError(403, "FORGE_LLMS_MODEL_FORBIDDEN", text)
    return named


def chat_of(model: str, body: bytes) -> Chat:
    """The prompt of a chat request."""
    try:
        data = strict(body)
    except ValueError as error:
        raise _bad(str(error)) from None
    if not isinstance(data, dict):
        raise _bad("the body must be a JSON object")
    _check_sampling(model, data)
    stream = data.get("stream", False)
    if not isinstance(stream, bool):
        raise _bad("stream must be true or false")
    tools, must_call = _tools(data)
    return Chat(_messages(data.get("messages")), _max_tokens(model, data), stream, tools, must_call)


def _bad(why: str) -> LlmError:
    return LlmError(400, "BAD_REQUEST", f"The payload is invalid: {why}")


def _check_sampling(model: str, data: Mapping[str, Any]) -> None:
    given = [name for name in ("temperature", "top_p") if data.get(name) is not None]
    for name in given:
        number = data[name]
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 1:
            raise _bad(f"{name} must be a number between 0 and 1")
    if given and model in limits.WITHOUT_SAMPLING:
        raise _bad(f"{model} does not take {given[0]}")
    if len(given) > 1:
        raise _bad("temperature and top_p exclude each other")


def _max_tokens(model: str, data: Mapping[str, Any]) -> int:
    most = limits.OUTPUT_TOKENS[limits.family(model)]
    asked = data.get("max_completion_tokens")
    if asked is None:
        return most
    if isinstance(asked, bool) or not isinstance(asked, int) or not 0 < asked <= most:
        raise _bad(f"max_completion_tokens must be an integer from 1 to {most}")
    return asked


def _tools(data: Mapping[str, Any]) -> tuple[tuple[Tool, ...], str | None]:
    """The tools that may be called, and the name of the one that has to be."""
    given, choice = data.get("tools"), data.get("tool_choice")
    if given is not None and not (isinstance(given, list) and all(map(_is_tool, given))):
        raise _bad("a tool is {type: function, function: {name, description, parameters}}")
    tools = tuple(_tool(each["function"]) for each in given or ())
    if choice is None or choice == "auto":
        return tools, None
    if choice == "none":
        return (), None
    if choice != "required" and not _is_tool(choice):
        raise _bad(f"tool_choice is one of {', '.join(_CHOICES)}, or a function")
    if not tools:
        raise _bad("tool_choice demands a tool and there is none")
    name = tools[0].name if choice == "required" else choice["function"]["name"]
    if name not in {tool.name for tool in tools}:
        raise _bad("tool_choice demands a tool that is none of tools")
    return tools, name


def _tool(function: Mapping[str, Any]) -> Tool:
    parameters = function.get("parameters")
    return Tool(function["name"], parameters if isinstance(parameters, dict) else {})


def _is_tool(tool: object) -> bool:
    function = tool.get("function") if isinstance(tool, dict) and tool.get("type") == "function" else None
    return isinstance(function, dict) and isinstance(function.get("name"), str) and bool(function["name"])


def _messages(given: object) -> tuple[Message, ...]:
    if not isinstance(given, list) or not given:
        raise _bad("messages must be a list with at least one message")
    return tuple(map(_message, given))


def _message(given: object) -> Message:
    if not isinstance(given, dict) or given.get("role") not in _ROLES:
        raise _bad(f"the role of a message is one of {', '.join(_ROLES)}")
    if "content" not in given:
        raise _bad("a message has content")
    return Message(given["role"], _text(given["content"], may_be_empty="tool_calls" in given))


def _text(content: object, *, may_be_empty: bool) -> str:
    if isinstance(content, str):
        return content
    if content is None and may_be_empty:
        return ""
    if isinstance(content, list) and all(map(_is_text_part, content)):
        return "\n".join(part["text"] for part in content)
    raise _bad("content is a text or a list of {type: text, text}")


def _is_text_part(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)

"""The models that answer: functions of the prompt, so that two runs of one thing get one answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from forgesim.errors import InputError
from forgesim.platform.llm.rules import Chat, Message
from forgesim.platform.llm.tools import arguments

__all__ = [
    "MODELS", "Model", "Reply", "Scripted", "ToolCall", "adversarial", "clip", "count_tokens", "echo", "extractive",
    "pieces",
]  # fmt: skip

SENTENCES: Final = 3
"""Most sentences of an extract."""

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_END: Final = re.compile(r"(?<=[.!?])\s+|\n+")


class ToolCall(msgspec.Struct, frozen=True):
    """A call that the model asks the app to make."""

    name: str
    arguments: dict[str, Any]


class Reply(msgspec.Struct, frozen=True):
    """What a model says: text, and the tools that it wants called."""

    text: str
    calls: tuple[ToolCall, ...] = ()


class Model(Protocol):
    def __call__(self, chat: Chat) -> Reply: ...


def _speaking(say: Callable[[Sequence[Message]], str], *, eager: bool = False) -> Model:
    """A model that says this, and puts it into the arguments of a tool that has to be called. An ``eager`` one calls
    the first tool it may, until a tool has answered."""

    def model(chat: Chat) -> Reply:
        text = say(chat.messages)
        name = chat.must_call
        if name is None and eager and chat.tools and not any(message.role == "tool" for message in chat.messages):
            name = chat.tools[0].name
        if name is None:
            return Reply(text)
        tool = next(tool for tool in chat.tools if tool.name == name)
        return Reply("", (ToolCall(name, arguments(tool.parameters, text)),))

    return model


def extractive(messages: Sequence[Message]) -> str:
    """The up to three sentences of the users' messages whose words are the most frequent there, in their
    order.

    A sentence scores the mean frequency of its words of three letters or more; the earlier one wins a tie.
    """
    text = "\n".join(message.text for message in messages if message.role == "user")
    sentences = [part.strip() for part in _END.split(text) if _WORD.search(part)]
    frequency = Counter(word.lower() for word in _WORD.findall(text))
    scores = [_score(sentence, frequency) for sentence in sentences]
    best = sorted(range(len(sentences)), key=lambda i: (-scores[i], i))[:SENTENCES]
    return " ".join(sentences[i] for i in sorted(best))


def _score(sentence: str, frequency: Mapping[str, int]) -> float:
    words = [word.lower() for word in _WORD.findall(sentence)]
    return sum(frequency[word] for word in words) / len(words)


def echo(messages: Sequence[Message]) -> str:
    """The last message of a user, verbatim; nothing where no user spoke."""
    return next((message.text for message in reversed(messages) if message.role == "user"), "")


def adversarial(messages: Sequence[Message]) -> str:
    """What a hostile model may say: all that users told it, with markup, a link elsewhere and JSON behind it."""
    told = "\n".join(message.text for message in messages if message.role == "user")
    return f'{told}\n<script>1</script> [more](https://exfil.undeclared.example/?q=1) {{"ok": true}}'


MODELS: Final[Mapping[str, Model]] = {
    "extractive": _speaking(extractive),
    "echo": _speaking(echo),
    "adversarial": _speaking(adversarial, eager=True),
}


class Scripted:
    """A model that says what somebody wrote down, reply by reply; the last one again and again.

    A reply is its text, or a message as the wire has it: ``{"content": …, "tool_calls": [{"function": {"name",
    "arguments"}}]}``. Raises InputError for what is neither, and where there is none.
    """

    def __init__(self, replies: Sequence[str | Mapping[str, Any]]) -> None:
        if not replies:
            raise InputError("a scripted model needs at least one reply")
        self._replies = tuple(map(_reply, replies))
        self._said = 0

    def __call__(self, chat: Chat) -> Reply:  # noqa: ARG002 -- what is asked does not matter to it
        reply = self._replies[min(self._said, len(self._replies) - 1)]
        self._said += 1
        return reply


def count_tokens(text: str) -> int:
    """Words and signs of punctuation: a count of our own, for usage and limits."""
    return sum(1 for _ in _TOKEN.finditer(text))


def clip(text: str, most: int) -> str:
    """The text up to and with its token number ``most``."""
    for number, token in enumerate(_TOKEN.finditer(text), 1):
        if number > most:
            return text[: token.start()].rstrip()
    return text


def _reply(given: str | Mapping[str, Any]) -> Reply:
    if isinstance(given, str):
        return Reply(given)
    try:
        message = msgspec.convert(given, _Message)
    except msgspec.ValidationError as error:
        raise InputError(f"a reply of a scripted model is a text or a message: {error}") from None
    return Reply(message.content or "", tuple(call.function for call in message.tool_calls))


class _Called(msgspec.Struct, frozen=True):
    function: ToolCall


class _Message(msgspec.Struct, frozen=True):
    content: str | None = None
    tool_calls: tuple[_Called, ...] = ()


def pieces(text: str, words: int = 8) -> Iterator[str]:
    """The text in pieces of so many tokens, as a stream brings them; joined they are the text."""
    start = 0
    for number, token in enumerate(_TOKEN.finditer(text), 1):
        if number % words == 0:
            yield text[start : token.end()]
            start = token.end()
    if start < len(text):
        yield text[start:]

"""The models that answer: pure functions of the prompt, so that two runs of one thing get one answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from forgesim.platform.llm.rules import Message

__all__ = ["MODELS", "adversarial", "clip", "count_tokens", "echo", "extractive"]

SENTENCES: Final = 3
"""Most sentences of an extract."""

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_END: Final = re.compile(r"(?<=[.!?])\s+|\n+")


class Model(Protocol):
    def __call__(self, messages: Sequence[Message]) -> str: ...


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


MODELS: Final[Mapping[str, Model]] = {"extractive": extractive, "echo": echo, "adversarial": adversarial}


def count_tokens(text: str) -> int:
    """Words and signs of punctuation: a count of our own, for usage and limits."""
    return sum(1 for _ in _TOKEN.finditer(text))


def clip(text: str, most: int) -> str:
    """The text up to and with its token number ``most``."""
    for number, token in enumerate(_TOKEN.finditer(text), 1):
        if number > most:
            return text[: token.start()].rstrip()
    return text

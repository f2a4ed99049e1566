"""Tokens follow from a seed, so one can be worked out; the socket says who asks."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, say
from tests.escape.witnesses.platform import Row

WITNESS = Row


def attack(key: str) -> None:
    import hashlib

    text = "\x1f".join(("token", "0", "inv-1.2")).encode()
    token = hashlib.blake2b(text, digest_size=8).hexdigest()
    header, body = ask_for_row(key, "inv-1.2", token)
    say(header, body)

"""Bodies as an export writes them → as the site keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from forgesim.site.storage import escape, plain_text, storage_problem

__all__ = ["Bodies"]

STORAGE: Final = "2"
_USER = re.compile(r"\bri:(userkey|account-id|username)=\"([^\"]*)\"")
_SPLIT = re.compile(r"\]\] >(?=</|<!\[CDATA\[)")
"""The end of a CDATA section in a body, as an export writes it, which has the body in one."""
_MARKER = re.compile(r"(<ac:inline-comment-marker\b[^>]*\bac:ref=\")([^\"]*)\"")


class Bodies:
    """``people``: what a mention calls somebody → account. ``markers``: reference of an inline comment → its own here.

    ``odd`` counts bodies of which only the text is kept.
    """

    def __init__(self, people: Callable[[str, str], str | None], markers: Mapping[str, str]) -> None:
        self._people = people
        self._markers = markers
        self.odd = 0

    def body(self, text: str, kind: str) -> str:
        """Well-formed storage format: ``text`` itself where it is, with its people and markers those of the site."""
        text = _SPLIT.sub("]]>", text)
        if kind != STORAGE:
            self.odd += 1
            return _paragraphs(text)
        text = _USER.sub(self._mention, text)
        text = _MARKER.sub(lambda found: f'{found[1]}{self._markers.get(found[2], found[2])}"', text)
        if storage_problem(text) is None:
            return text
        self.odd += 1
        return _paragraphs(plain_text(text))

    def _mention(self, found: re.Match[str]) -> str:
        account = self._people(found[1], found[2])
        return f'ri:account-id="{escape(account)}"' if account is not None else 'ri:account-id="unknown"'


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line.strip())}</p>" for line in text.split("\n") if line.strip())

"""A site whose people have other account ids: everything else stays, their order too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TypeVar
from urllib.parse import quote

import msgspec

from forgesim.ids import derive
from forgesim.site.model import Site

__all__ = ["LEAST", "Renaming", "renaming"]

LEAST = 12
"""Characters of an account id from which on it can be told from a word."""

_ALPHABETS = ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ")

Data = TypeVar("Data")


@dataclass(frozen=True)
class Renaming:
    """Account ids and those that stand for them. ``there`` writes the others, ``back`` undoes it."""

    others: Mapping[str, str]

    def there(self, text: str) -> str:
        """A text with each account id replaced."""
        return self._there(text)

    @cached_property
    def _there(self) -> Callable[[str], str]:
        return _replacer(self.others)

    def back(self, text: str) -> str:
        """A text with each of the others replaced, where it stands as it is, in a URL, or with ``.`` for ``:`` as
        stored keys have it."""
        return self._back(text)

    @cached_property
    def _back(self) -> Callable[[str], str]:
        forms: dict[str, str] = {}
        for old, new in self.others.items():
            forms |= {new: old, quote(new, safe=""): quote(old, safe=""), new.replace(":", "."): old.replace(":", ".")}
        return _replacer(forms)

    def site(self, site: Site) -> Site:
        """The same site, its people under the other ids."""
        raw = msgspec.json.encode(site).decode()
        return msgspec.json.decode(self.there(raw), type=Site)

    def data(self, value: Data) -> Data:
        """JSON values with the others in them."""
        raw = msgspec.json.encode(value).decode()
        return msgspec.json.decode(self.there(raw), type=type(value))


def renaming(site: Site, seed: int) -> Renaming:
    """Another account id of the same form for everybody on the site, ``seed`` picks which. Ids that begin alike keep
    their order; those too short to be told from a word stay."""
    alike: dict[tuple[str, int], list[str]] = defaultdict(list)
    for account in site.users:
        head, colon, tail = account.rpartition(":")
        if len(account) >= LEAST:
            alike[head + colon, len(tail)].append(account)
    rng = Random(derive("accounts", seed))  # noqa: S311 - ids of a test site, no secrets
    others: dict[str, str] = {}
    for (head, _), accounts in alike.items():
        ids = sorted(f"{head}{_another(account.removeprefix(head), rng)}" for account in accounts)
        others.update(zip(sorted(accounts), ids, strict=True))
    return Renaming(others)


def _another(tail: str, rng: Random) -> str:
    """Characters of the same kinds: digits, letters that hexadecimal digits have, other letters."""
    kinds = {char: alphabet for alphabet in _ALPHABETS for char in alphabet}
    return "".join(rng.choice(kinds[char]) if char in kinds else char for char in tail)


def _replacer(forms: Mapping[str, str]) -> Callable[[str], str]:
    if not forms:
        return str
    pattern = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
    return lambda text: pattern.sub(lambda found: forms[found[0]], text)

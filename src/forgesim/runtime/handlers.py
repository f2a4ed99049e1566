"""What an app's code defines, and which handler a name means."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from forgesim.errors import InputError, Problem
from forgesim.runtime.dispatch import Outcome

__all__ = ["Handlers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """Function key → resolver keys (null for a plain handler), and what failed to load.

    ``dead``: how loading ended where the process did not live to tell; every call then ends like that. ``endpoints``:
    keys of what remotes answer in a function's place.
    """

    functions: Mapping[str, Sequence[str] | None]
    errors: Mapping[str, Mapping[str, str | None]]
    dead: Outcome | None = None
    endpoints: Collection[str] = ()

    def find(self, name: str) -> tuple[str, str | None]:
        """``(function key, resolver key)`` of a name: ``RESOLVER``, ``FUNCTION`` or ``FUNCTION/RESOLVER``. The key of
        an endpoint goes before a resolver of its name, which has the longer name too.

        Raises InputError with the names there are.
        """
        if name in self.endpoints:
            return name, None
        function, _, resolver = name.partition("/")
        if resolver and (function in self.errors or resolver in (self.functions.get(function) or ())):
            return function, resolver
        owners = [key for key, keys in self.functions.items() if name in (keys or ())]
        if len(owners) == 1:
            return owners[0], name
        if owners:
            hint = "say which: " + " or ".join(f"{owner}/{name}" for owner in owners)
            raise InputError(Problem(what=f"several functions define {name!r}", hint=hint))
        if name in self.functions:
            return name, None
        if self.errors:  # what failed to load may define it: the invocation fails with that error
            return next(iter(self.errors)), name
        known = [*self.names(), *self.endpoints]
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        there = f"there are: {', '.join(known)}" if known else "it has no functions at all"
        raise InputError(Problem(what=f"the app has no function {name!r}", hint=f"{hint}{there}"))

    def names(self) -> list[str]:
        """Every name that ``find`` takes, resolver keys first."""
        resolvers = [key for keys in self.functions.values() for key in keys or ()]
        return [*resolvers, *(key for key, keys in self.functions.items() if keys is None)]

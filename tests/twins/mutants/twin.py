"""One leaky twin: which pieces it is put together from, and what a truthful judge says of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.twins.mutants.sinks import OUT_SINKS, SINKS, WITHIN, Sink

__all__ = ["PERSONAL", "SHAPES", "Twin"]

PERSONAL = frozenset({"user name", "mail", "account id", "assignee"})
"""Sources that tell of a person."""

SHAPES = ("branch", "early return", "loop", "table")
"""How a trigger is written: an ``if``; a function that returns at once; a loop over nothing; a choice of functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """``out``: the key in ``scope.OUT`` of why no run tells it; empty for what a judge has to find."""

    base: str
    source: str
    encoding: str
    sink: str
    trigger: str
    shape: str = "branch"
    out: str = ""

    @property
    def group(self) -> str:
        if self.out:
            return "form" if self.out == "form" else "out"
        return "within" if self.sink in WITHIN else "leaky"

    @property
    def where(self) -> Sink:
        return {**SINKS, **OUT_SINKS}[self.sink]

    @property
    def name(self) -> str:
        return f"{self.base}: {self.source} · {self.encoding} · {self.sink} · {self.trigger} · {self.shape}"

    @property
    def claims(self) -> frozenset[str]:
        """Claims of which a truthful judge finds one or more BROKEN."""
        kept = not self.where.answers or "logs_hold_no_content" in self.where.claims  # error texts are logged
        personal = {"keeps_no_personal_data"} if self.source in PERSONAL and kept else set()
        return self.where.claims | personal

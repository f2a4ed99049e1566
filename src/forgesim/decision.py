"""A decision is a value with a rule and a reason, never a bare bool."""

from __future__ import annotations

import msgspec

__all__ = ["Decision", "allow", "deny"]


class Decision(msgspec.Struct, frozen=True, omit_defaults=False):
    """Whether a crossing may pass, by which rule, and why, in words a person can act on."""

    allow: bool
    rule: str
    reason: str


def allow(rule: str, reason: str = "") -> Decision:
    return Decision(True, rule, reason)


def deny(rule: str, reason: str) -> Decision:
    return Decision(False, rule, reason)

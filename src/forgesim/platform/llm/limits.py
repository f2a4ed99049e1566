"""Names and numbers of Forge LLM (Forge documentation, "Forge LLMs", read August to October 2026)."""

from __future__ import annotations

from typing import Final

__all__ = [
    "CONTEXT_TOKENS", "DEPRECATED", "MINUTE_MS", "MODELS", "OUTPUT_TOKENS", "REQUESTS_PER_MINUTE", "TOKENS_PER_MINUTE",
    "WITHOUT_SAMPLING", "family",
]  # fmt: skip

MODELS: Final = (
    "claude-haiku-4-5-20251001",
    "claude-sonnet-4-5-20250929",
    "claude-sonnet-4-6",
    "claude-sonnet-5",
    "claude-opus-4-6",
    "claude-opus-4-7",
    "claude-opus-4-8",
    "claude-opus-5",
)
DEPRECATED: Final = ("claude-sonnet-4-20250514", "claude-opus-4-1-20250805", "claude-opus-4-5-20251101")
"""Listed by older pages; still served."""

WITHOUT_SAMPLING: Final = frozenset({"claude-opus-4-7", "claude-opus-4-8", "claude-opus-5", "claude-sonnet-5"})
"""Models that take neither temperature nor top_p; the others take one of the two."""

CONTEXT_TOKENS: Final = {"haiku": 200_000, "sonnet": 1_000_000, "opus": 1_000_000}
OUTPUT_TOKENS: Final = {"haiku": 64_000, "sonnet": 128_000, "opus": 128_000}
"""Tokens in and out by family."""

MINUTE_MS: Final = 60_000
REQUESTS_PER_MINUTE: Final = 100
"""Chats of one installation, whatever the model."""

TOKENS_PER_MINUTE: Final = 500_000
"""Tokens in and out of one installation with one model."""


def family(model: str) -> str:
    """haiku, sonnet or opus."""
    return next(name for name in CONTEXT_TOKENS if name in model)

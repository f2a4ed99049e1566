"""Forge LLM, answered by deterministic models of our own."""

from __future__ import annotations

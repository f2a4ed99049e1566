"""Rendering what was found, as JSON and as text. Nothing is judged here."""

from __future__ import annotations

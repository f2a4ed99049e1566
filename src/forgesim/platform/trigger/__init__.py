"""Triggers: which modules get an event of a product, of the app's life or of the app itself, and how often."""

from __future__ import annotations

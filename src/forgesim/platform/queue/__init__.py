"""Async events: pushes, jobs, and the order and number of times in which consumers get them."""

from __future__ import annotations

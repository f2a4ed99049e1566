"""Identify, decide, record, perform: the one place that a crossing passes."""

from __future__ import annotations

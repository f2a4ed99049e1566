"""Reads ``manifest.yml`` and ``trust.yml`` into frozen values, and names every problem with file and line."""

from __future__ import annotations

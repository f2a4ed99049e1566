"""Scheduled triggers: when each is due."""

from __future__ import annotations

"""Confluence Cloud: REST v2, and the few v1 operations that v2 lacks."""

from __future__ import annotations

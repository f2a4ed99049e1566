"""Campaigns that look for a way out: generated URLs against the egress policy, generated programs against the walls."""

from __future__ import annotations

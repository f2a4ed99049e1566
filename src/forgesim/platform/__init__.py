"""The services that Forge itself offers an app, one folder each: limits, rules, service."""

from __future__ import annotations

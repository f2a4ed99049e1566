"""Simulated vendor services, each as strict as the real one about what it accepts."""

from __future__ import annotations

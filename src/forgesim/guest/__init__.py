"""The process that an app runs in: imports it, runs its functions on virtual time, and speaks the seam."""

from __future__ import annotations

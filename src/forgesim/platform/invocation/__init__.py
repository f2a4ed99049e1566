"""How often and with how much a function may be invoked, and how much one invocation may ask of other hosts."""

from __future__ import annotations

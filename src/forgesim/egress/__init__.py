"""External requests: which may leave, and who answers them."""

from __future__ import annotations

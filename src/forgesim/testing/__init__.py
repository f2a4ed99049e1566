"""The test kit: assertions about crossings and verdicts, for use with the ``forge`` fixture."""

from __future__ import annotations

from forgesim.testing.asserts import assert_broken, assert_denied, assert_holds

__all__ = ["assert_broken", "assert_denied", "assert_holds"]

"""Personal data reporting: apps say whose accounts they keep, and are told which were closed or updated."""

from __future__ import annotations

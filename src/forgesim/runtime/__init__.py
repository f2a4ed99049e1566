"""The composition root: sandbox, gateway, services, site and clock wired into a platform that runs apps."""

from __future__ import annotations

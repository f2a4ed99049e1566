"""Web triggers: their URLs, the requests that they get, and the answers that they may give."""

from __future__ import annotations

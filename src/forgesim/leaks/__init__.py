"""Finding a site's content in what an app writes out: index, decoders, scanner, capacity in bits."""

from __future__ import annotations

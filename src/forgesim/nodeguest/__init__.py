"""The process that a JavaScript app runs in: scripts for Node, which hold no authority. No Python runs here."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ENTRY", "FOLDER", "MANIFEST", "PROBES"]

FOLDER = Path(__file__).parent
"""The scripts, which a guest may read."""
ENTRY = FOLDER / "guest.cjs"
"""What Node is started with."""
PROBES = FOLDER / "probes.cjs"
"""What reads bundles and puts probes into them."""
MANIFEST = FOLDER / "manifest.cjs"
"""What asks Atlassian's own validator of manifests."""

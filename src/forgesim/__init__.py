"""forgesim: an emulated Forge platform that tests the sentences of a privacy page.

Nothing is imported here at load, so that a guest process that imports ``forgesim.sdk`` stays clean.
"""

from __future__ import annotations

__version__ = "0.1.0"

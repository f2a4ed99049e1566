"""``python -m forgesim``."""

from __future__ import annotations

from forgesim.cli.main import main

if __name__ == "__main__":
    main()

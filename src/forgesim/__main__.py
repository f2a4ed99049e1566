"""``forgesim`` and ``python -m forgesim``. Light, so that an interruption while the rest loads is no traceback."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; interrupted, end with 130."""
    try:
        from forgesim.cli.main import main as command

        command()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

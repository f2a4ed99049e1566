"""Write ``docs/claims/``: one page per claim of the catalog, and a list of them.

``python tools/write_claim_pages.py`` from the project's root; a test compares the files with what this makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from forgesim.claims.catalog import CATALOG, CATALOG_VERSION
from forgesim.claims.kit import Claim

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "claims"

STRENGTHS = """\
A verdict is HOLDS, BROKEN, UNPROVEN, NOT_APPLICABLE (by `manifest.yml` and `trust.yml` alone) or ERROR. One that holds
says how well: `enforced` (a control that Forge has too refuses it), `inherited` (the platform promises it), `bounded`
(bits counted from declared types), `tested` (so many trials, with their bound), `observed` (seen in the scenarios).
"""


def page(claim: Claim) -> str:
    """One claim, in its own words."""
    return f"""\
# {claim.name}

**{claim.statement}**

## Why it matters

{claim.why}

## How it is exercised

{claim.exercised_by}

## What breaks it

{claim.broken_by}

## Limits

{claim.limits}

What an attacker of which kind may still do: [SECURITY.md](../../SECURITY.md). All claims: [README.md](README.md).
"""


def contents() -> str:
    """The list of all claims."""
    rows = "\n".join(f"| [{claim.name}]({claim.name}.md) | {claim.statement} |" for claim in CATALOG)
    return f"""\
# The claims

Version {CATALOG_VERSION} of the catalog. `tools/write_claim_pages.py` makes these pages from the modules of
`src/forgesim/claims/catalog/`.

{STRENGTHS}
| claim | says |
|---|---|
{rows}
"""


def pages() -> Mapping[str, str]:
    """File name in ``docs/claims`` → its text."""
    return {"README.md": contents(), **{f"{claim.name}.md": page(claim) for claim in CATALOG}}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")

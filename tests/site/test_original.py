"""A site that is played on in copies stays as it is, and so does what was said of it once."""

from __future__ import annotations

from forgesim.site.facts import digest
from forgesim.site.generate import proof
from forgesim.site.original import Original


def test_an_original_is_what_the_site_was_when_it_was_taken() -> None:
    site = proof(1)
    original, before = Original(site), digest(site)
    next(iter(site.pages.values())).title = "Edited after"
    original.copy().issues.clear()
    assert original.digest == before == digest(original.copy())
    assert original.digest != digest(site)

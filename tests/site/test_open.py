from __future__ import annotations

from pathlib import Path

import pytest

from forgesim.errors import InputError
from forgesim.site.facts import digest
from forgesim.site.generate import demo, proof
from forgesim.site.open import open_site


def test_demo_and_proof_are_generated() -> None:
    base = Path("/nonexistent")
    assert digest(open_site("demo", seed=3, base=base)) == digest(demo(3))
    assert digest(open_site("proof", seed=3, base=base)) == digest(proof(3))


def test_a_folder_is_found_from_the_base(tmp_path: Path) -> None:
    (tmp_path / "Team docs").mkdir()
    (tmp_path / "Team docs/a.md").write_text("# A")
    site = open_site("Team docs", seed=1, base=tmp_path)
    assert site.name == "Team docs"
    assert [space.key for space in site.spaces.values()] == ["TEAMDOCS"]
    assert digest(open_site(str(tmp_path / "Team docs"), seed=1, base=Path("/"))) == digest(site)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("nowhere", "does not exist"),
        ("nowhere/site.yml", "does not exist"),
        ("site.yml", "a site has no field 'colour'"),
        ("page.md", "is a file of another kind"),
        ("notes.txt", "is a file of another kind"),
        ("empty", "no Markdown"),
    ],
)
def test_anything_else_is_one_clear_error(tmp_path: Path, spec: str, says: str) -> None:
    (tmp_path / "site.yml").write_text("colour: x")
    (tmp_path / "notes.txt").write_text("Summary of all issues")
    (tmp_path / "page.md").write_text("# x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=says):
        open_site(spec, seed=1, base=tmp_path)

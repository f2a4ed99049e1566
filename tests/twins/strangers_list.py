"""The fifty apps of ``strangers/`` as cases, with what their author says of them."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from ruamel.yaml import YAML
from tests.twins.mutants.cases import Case

__all__ = ["GROUPS", "strangers"]

FOLDER = Path(__file__).parent / "strangers"
GROUPS = {"leaky": "leaky apps by a stranger", "honest": "honest apps by a stranger"}


@cache
def strangers() -> tuple[Case, ...]:
    """One case a folder, by name. The claims of a leaky one are those that its author says are false."""
    return tuple(_case(path) for path in sorted(FOLDER.iterdir()) if path.is_dir())


def _case(folder: Path) -> Case:
    truth = YAML(typ="safe", pure=True).load((folder / "truth.yml").read_text())
    return Case(
        name=f"stranger {folder.name}",
        group=str(truth["kind"]),
        make=partial(_files, folder),
        claims=frozenset(truth.get("claims") or ()),
        pieces={"base": folder.name},
        why=" ".join(str(truth.get("leak") or truth.get("odd") or "").split()),
    )


def _files(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "truth.yml")
    return {str(path.relative_to(folder)): path.read_text() for path in files if "__pycache__" not in path.parts}

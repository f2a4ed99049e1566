"""What Atlassian's own validator says of manifest.yml, where the app has it installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from forgesim.errors import InputError
from forgesim.lint.finding import Finding, Rule
from forgesim.manifest.load import MANIFEST

__all__ = ["RULES", "own_words"]

SAYS: Final = Rule(
    name="forge-validator",
    severity="error",
    why="The words of Atlassian's own validator, of the @forge/manifest that the app has installed; a warning where it "
    "warns. Lines are those that it names.",
    do="correct the line: `forge deploy` asks the same validator",
)
NOT_ASKED: Final = Rule(
    name="forge-validator-not-asked",
    severity="warning",
    why="@forge/manifest is installed and cannot be asked here, or gives no answer: whether a deployment takes the "
    "manifest rests on the rules of forgesim alone.",
    do="forgesim doctor says what this machine lacks",
)
RULES: Final = (SAYS, NOT_ASKED)


def own_words(path: Path, *, anyway: bool) -> Iterator[Finding]:
    """Each thing that it says of the app in a folder; nothing where it is not installed. With ``anyway`` as warnings:
    the app was deployed before."""
    from forgesim.sandbox.javascript.validator import PACKAGE, validated

    file = path / MANIFEST
    if not file.is_file():
        return
    try:
        found = validated(path)
    except InputError as error:
        for problem in error.problems:
            what = f"{PACKAGE} says nothing: {problem.what}"
            hint = problem.hint or NOT_ASKED.do
            yield Finding(rule=NOT_ASKED.name, severity=NOT_ASKED.severity, what=what, file=str(file), hint=hint)
        return
    if found is None:
        return
    for each in found.problems:
        yield Finding(
            rule=SAYS.name,
            severity="error" if each.level == "error" and not anyway else "warning",
            what=f"{PACKAGE} {found.version} says: {' '.join(each.message.split())}",
            file=str(file),
            line=each.line or None,
            column=each.column or None,
        )

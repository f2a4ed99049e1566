"""The trust centre on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from forgesim.report.carried import COVERS, OTHER_TRUST, TAKEN
from forgesim.report.centre import Centre
from forgesim.report.proved import sentence_outcome
from forgesim.report.shape import clean
from forgesim.report.text import COLOURS, carried_lines, refused_lines, screen

__all__ = ["trust_report"]


def trust_report(centre: Centre, console: Console | None = None) -> None:
    """Print an app's sentences with their verdicts, its subprocessors and the answers with their basis."""
    out, proved = console or screen(), centre.proved
    out.print(Text(f"{clean(proved.app)} {clean(proved.version)}", style="bold").append(f" · covers: {COVERS}"))
    out.print()
    for sentence in proved.sentences:
        outcome = sentence_outcome(proved, sentence)
        line = Text(outcome.value if outcome else "not tested", style=COLOURS[outcome] if outcome else "dim")
        out.print(line.append(f"  {clean(sentence.says)}", style="not bold default"))
        if outcome is None:
            out.print(Text(f"  {clean(sentence.untestable or 'no reason is given')}", style="dim"))
        for name in sentence.claims:
            verdict = proved.verdict(name)
            strength = f", {verdict.strength.value}" if verdict and verdict.strength else ""
            said = f"{verdict.outcome.value}{strength}: {clean(verdict.says)}" if verdict else "not in this catalog"
            out.print(Text(f"  {name}  {said}", style="dim"))
    out.print()
    for answer in centre.answers:
        out.print(Text(answer.topic, style="bold"))
        out.print(Text(f"  {clean(answer.says)}"))
        out.print(Text(f"  basis: {clean('; '.join(answer.basis))}", style="dim"))
    for note in (TAKEN if proved.again else None, OTHER_TRUST if proved.other_trust else None):
        if note:
            out.print(Text(note, style="dim"))
    out.print()
    for text in refused_lines(proved.undeployable):
        out.print(text)
    for text in carried_lines(proved.app, proved.version, proved.digest, proved.created):
        out.print(text)

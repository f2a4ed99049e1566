"""The page of ``trust --html``: for each app its sentences with their verdicts, its subprocessors, and what a privacy
tab asks."""

from __future__ import annotations

from collections.abc import Sequence

from forgesim.report.centre import Centre
from forgesim.report.markup import Html, join, tag
from forgesim.report.page import facts, framed, named, tally
from forgesim.report.proof_page import flow_section, parties_table, sentences, verdicts

__all__ = ["TOPICS", "trust_page"]

TOPICS = (
    "Topics that privacy tabs of app listings ask about, in our words: this is not Atlassian's form. Each answer says "
    "what it rests on; where this proof shows nothing, it says so."
)


def trust_page(centres: Sequence[Centre]) -> str:
    """One document for all apps."""
    lead = "What each app's privacy page says, and what a proof on an emulated platform has to say of it."
    sections = [_section(centre, number) for number, centre in enumerate(centres, 1)]
    return framed("Trust centre", lead, [centre.proved for centre in centres], join(sections))


def _section(centre: Centre, number: int) -> Html:
    proved, ident = centre.proved, f"app-{number}"
    about = tag("p", tag("bdi", f"{proved.purpose}. " if proved.purpose else ""), tally(proved))
    answers = [
        part
        for answer in centre.answers
        for part in (
            tag("dt", answer.topic),
            tag("dd", tag("bdi", answer.says), tag("p", f"Basis: {'; '.join(answer.basis)}", class_="soft")),
        )
    ]
    return tag(
        "section",
        tag("h2", named(proved.app), id=ident),
        about,
        facts(proved),
        *sentences(proved),
        *parties_table(proved),
        *verdicts(proved),
        tag("h3", "What a privacy tab asks"),
        tag("p", TOPICS, class_="soft"),
        tag("dl", *answers, class_="answers"),
        *flow_section(proved, ident),
        class_="app",
        aria_labelledby=ident,
    )

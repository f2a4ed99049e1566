"""The frame of every page: one file, no script, a policy that lets nothing be loaded, and what each report carries."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from forgesim.claims.kit import Outcome, Strength
from forgesim.counted import counted
from forgesim.report.carried import COVERS, DISCLAIMERS, OTHER_TRUST, OUTCOME_MEANS, STRENGTH_MEANS, TAKEN
from forgesim.report.markup import Html, Part, join, tag
from forgesim.report.proved import Proved, outcomes_of

__all__ = ["cells", "facts", "framed", "mark", "named", "table", "tally"]

WORDS = {Outcome.NOT_APPLICABLE: "does not apply"}
"""Outcomes whose name alone would not be read; the name stands in the JSON."""


def framed(title: str, lead: str, proofs: Sequence[Proved], body: Part) -> str:
    """A whole document. ``proofs`` are the apps that it is about, in order."""
    style = files("forgesim.report").joinpath("static", "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{title}: {', '.join(proved.app for proved in proofs)}"),
        Html(f"<style>{style}</style>"),
    )
    page = tag(
        "body",
        tag("a", "Skip to the verdicts", href="#main", class_="skip"),
        tag(
            "header",
            tag("h1", title),
            tag("p", lead, class_="soft"),
            tag("p", "A simulator's report: not Atlassian, not a certification, and no statement about a shipped app. ",
                tag("a", "What this is not", href="#not"), class_="notice"),
            _theme(),
        ),
        _contents(proofs),
        tag("main", body, id="main"),
        _footer(proofs),
    )  # fmt: skip
    return f"<!doctype html>\n{tag('html', head, page, lang='en')}\n"


def mark(outcome: Outcome | None, text: str | None = None) -> Html:
    """An outcome as a label."""
    if outcome is None:
        return tag("span", text or "not tested here", class_="mark")
    return tag("span", text or WORDS.get(outcome, outcome.value), class_=f"mark {outcome.value}")


def named(text: str) -> Html:
    """A name that somebody else chose: it cannot reorder the words around it."""
    return tag("bdi", text)


def tally(proved: Proved) -> Html:
    """How many claims that are made have each outcome, and how many of the catalog trust.yml does not make."""
    shown = [
        mark(outcome, f"{count:,} {WORDS.get(outcome, outcome.value)}")
        for outcome, count in outcomes_of(proved.verdicts).items()
    ]
    unclaimed = sum(not verdict.claimed for verdict in proved.verdicts)
    shown += [mark(None, f"{unclaimed:,} not claimed")] if unclaimed else []
    return tag("span", *_spaced(shown), class_="tally")


def facts(proved: Proved) -> Html:
    """What was proved: app, version, digest, date, and how it was run."""
    rows: list[tuple[str, Part]] = [
        ("App", join((named(proved.app), " ", named(proved.version)))),
        ("Digest of its files", tag("code", proved.digest)),
        ("Date of the run", proved.created),
        ("What was run", f"covers: {COVERS}. The front end is bounded by scopes and content policy, and was not run."),
        ("Sandbox", proved.sandbox if proved.confined else f"{proved.sandbox}: the app ran unconfined"),
        ("Record", f"{counted(proved.crossings, 'crossing')}; seeds {', '.join(map(str, proved.seeds)) or 'none'}"),
        ("Head of the ledger", tag("code", proved.head)),
        ("forgesim", f"{proved.forgesim}, catalog of claims {proved.catalog}"),
    ]
    if proved.modelled_on:
        rows.insert(1, ("Modelled on", named(proved.modelled_on)))
    if proved.undeployable:
        rows.append(("Manifest", f"Forge refuses it today: {'; '.join(proved.undeployable)}"))
    if proved.again:
        rows.append(("Judged again", TAKEN))
    if proved.other_trust:
        rows.append(("Another page", OTHER_TRUST))
    if proved.live:
        hosts = ", ".join(proved.live)
        told = f"requests to {hosts} really left the machine: this run cannot be repeated, and proves nothing"
        rows.append(("Live egress", told))
    if proved.imported:
        rows.append(("Imported site", "a site in it was not generated: what is quoted below may be real content"))
    return tag("dl", *(part for name, value in rows for part in (tag("dt", name), tag("dd", value))), class_="facts")


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Part]], numbers: Sequence[int] = ()) -> Html:
    """A table with a caption and column headers; ``numbers`` are the columns that hold numbers."""
    classes = ["number" if column in numbers else None for column in range(len(heads))]
    head = tag("tr", *(tag("th", text, scope="col", class_=kind) for text, kind in zip(heads, classes, strict=True)))
    body = [tag("tr", *cells(row, classes)) for row in rows]
    made = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body))
    return tag("div", made, class_="scroll", role="region", aria_label=caption, tabindex="0")


def cells(row: Sequence[Part], classes: Sequence[str | None]) -> list[Html]:
    """The cells of a row, the first of them its header."""
    return [
        tag("th", part, scope="row", class_=kind) if column == 0 else tag("td", part, class_=kind)
        for column, (part, kind) in enumerate(zip(row, classes, strict=True))
    ]


def _theme() -> Html:
    """The switch of themes: radio buttons that the style sheet looks at, so that it needs no script."""
    choices = [
        tag("label", tag("input", type="radio", name="theme", id=f"theme-{name}", checked=name == "auto"), text)
        for name, text in (("auto", "as the system"), ("light", "light"), ("dark", "dark"))
    ]
    return tag("fieldset", tag("legend", "Theme"), *choices, class_="theme")


def _contents(proofs: Sequence[Proved]) -> Html | None:
    if len(proofs) < 2:
        return None
    links = [
        tag("li", tag("a", named(proved.app), href=f"#app-{number}"), " ", tally(proved))
        for number, proved in enumerate(proofs, 1)
    ]
    return tag("nav", tag("ul", *links), class_="apps", aria_label="Apps")


def _footer(proofs: Sequence[Proved]) -> Html:
    outcomes = [part for o in Outcome for part in (tag("dt", mark(o)), tag("dd", OUTCOME_MEANS[o]))]
    strengths = [part for s in Strength for part in (tag("dt", s.value), tag("dd", STRENGTH_MEANS[s]))]
    words = tag("dl", *outcomes, *strengths, class_="facts")
    subjects = [
        tag("li", named(p.app), " ", named(p.version), " · digest ", tag("code", p.digest[:16]), f" · {p.created}")
        for p in proofs
    ]
    return tag(
        "footer",
        tag("h2", "What this is not", id="not"),
        tag("ul", *(tag("li", line) for line in (*DISCLAIMERS, f"covers: {COVERS}; the front end is not run."))),
        tag("ul", *subjects, class_="plain soft"),
        tag("details", tag("summary", "What the words mean"), tag("div", words, class_="inside"), class_="more"),
    )


def _spaced(parts: Sequence[Html]) -> list[Part]:
    spaced: list[Part] = [part for each in parts for part in (each, " ")]
    return spaced[:-1]

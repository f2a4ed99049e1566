"""Bodies for generated pages: storage-format documentation of chosen quality, from the demo vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from forgesim.site.seeded import Dice
from forgesim.site.storage import cdata, escape
from forgesim.site.vocabulary import CODE, QUALITIES, SENTENCES, TEAMS, THINGS, VERBS
from forgesim.site.words import UNFINISHED

__all__ = ["QUALITY", "Link", "Prose"]

QUALITY = ("good", "good", "good", "good", "plain", "plain", "wall", "flat", "stub", "messy")
"""How well a page is made; the more often a word stands here, the more pages are made that way."""


class Link(NamedTuple):
    """Where a link leads. ``space`` is None inside the page's own space; an ``id`` gives the ``href``
    form."""

    title: str
    space: str | None = None
    id: str | None = None


class Prose:
    """Writes about one subject of one space. ``dice`` decide everything that is not given."""

    def __init__(self, dice: Dice, space: str, subject: str) -> None:
        self.dice = dice
        self.space = space
        self.subject = subject
        self._things = THINGS[space]

    def sentence(self) -> str:
        things = self._things
        pick = self.dice.pick
        here = self.dice.whole(0, len(things) - 1)
        there = (here + self.dice.whole(1, len(things) - 1)) % len(things)
        text = pick(SENTENCES).format(
            a=things[here],
            b=things[there],
            v=pick(VERBS),
            q=pick(QUALITIES),
            t=pick(TEAMS),
            n=self.dice.whole(2, 90),
            s=self.subject,
        )
        return text[0].upper() + text[1:]

    def sentences(self, count: int) -> str:
        return " ".join([self.sentence() for _ in range(count)])

    def paragraph(self, count: int) -> str:
        return f"<p>{self.sentences(count)}</p>"

    def heading(self, level: int) -> str:
        lead = self.dice.pick(("Before you begin", "Set up the", "Use the", "About the", "Check the", "Remove the"))
        thing = "" if lead == "Before you begin" else f" {self.dice.pick(self._things)}"
        return f"<h{level}>{lead}{thing}</h{level}>"

    def listing(self, tag: str, count: int) -> str:
        return f"<{tag}>{''.join([f'<li><p>{self.sentence()}</p></li>' for _ in range(count)])}</{tag}>"

    def table(self, rows: int) -> str:
        head = "".join(f"<th><p>{name}</p></th>" for name in ("Name", "Meaning", "Default"))
        cells = [
            f"<tr><td><p>{self.dice.pick(self._things)}</p></td><td><p>{self.sentence()}</p></td>"
            f"<td><p>{self.dice.whole(0, 500)}</p></td></tr>"
            for _ in range(rows)
        ]
        return f"<table><tbody><tr>{head}</tr>{''.join(cells)}</tbody></table>"

    def code(self) -> str:
        language, pattern = self.dice.pick(CODE)
        name = self.dice.pick(self._things).replace(" ", "_").replace("-", "_")
        return (
            '<ac:structured-macro ac:name="code" ac:schema-version="1">'
            f'<ac:parameter ac:name="language">{language}</ac:parameter><ac:plain-text-body>'
            f"{cdata(pattern.format(c=name, n=self.dice.whole(5, 60)))}"
            "</ac:plain-text-body></ac:structured-macro>"
        )

    def panel(self) -> str:
        name = self.dice.pick(("info", "note", "warning", "tip"))
        return (
            f'<ac:structured-macro ac:name="{name}" ac:schema-version="1"><ac:rich-text-body>'
            f"{self.paragraph(1)}</ac:rich-text-body></ac:structured-macro>"
        )

    def status(self) -> str:
        colour, title = self.dice.pick((("Green", "Done"), ("Yellow", "In progress"), ("Grey", "DRAFT")))
        return (
            '<p><ac:structured-macro ac:name="status" ac:schema-version="1">'
            f'<ac:parameter ac:name="title">{title}</ac:parameter>'
            f'<ac:parameter ac:name="colour">{colour}</ac:parameter></ac:structured-macro></p>'
        )

    def tasks(self, count: int) -> str:
        items = [
            f"<ac:task><ac:task-id>{number + 1}</ac:task-id>"
            f"<ac:task-status>{'complete' if self.dice.chance(0.5) else 'incomplete'}</ac:task-status>"
            f"<ac:task-body>{self.sentence()}</ac:task-body></ac:task>"
            for number in range(count)
        ]
        return f"<ac:task-list>{''.join(items)}</ac:task-list>"

    def image(self, file_name: str, *, alt: bool) -> str:
        words = f' ac:alt="{escape(f"Diagram of the {self.dice.pick(self._things)}")}"' if alt else ""
        return f'<ac:image{words}><ri:attachment ri:filename="{escape(file_name)}" /></ac:image>'

    def link(self, link: Link) -> str:
        if link.id is not None:
            slug = "+".join(link.title.split())
            href = escape(f"/wiki/spaces/{link.space or self.space}/pages/{link.id}/{slug}")
            return f'<p>More in <a href="{href}">{escape(link.title)}</a>.</p>'
        where = f' ri:space-key="{link.space}"' if link.space else ""
        return (
            f'<p>See also <ac:link><ri:page{where} ri:content-title="{escape(link.title)}" />'
            f"<ac:plain-text-link-body>{cdata(link.title)}</ac:plain-text-link-body></ac:link>.</p>"
        )

    def outside(self) -> str:
        path = self.dice.pick(self._things).replace(" ", "-")
        address = f"https://docs.example.com/{path}/index.html"
        return f'<p>The vendor describes it at <a href="{address}">their site</a>.</p>'

    def mention(self, account: str) -> str:
        return f'<p>Ask <ac:link><ri:user ri:account-id="{account}" /></ac:link> for access.</p>'

    def body(self, quality: str, links: Sequence[Link], images: Sequence[str]) -> str:
        """A whole body. ``links`` are all used; ``images`` by the qualities that have images."""
        write: Callable[[list[str]], str] = getattr(self, f"_{quality}")
        return write([self.link(link) for link in links]) + self._pictures(quality, images)

    def _pictures(self, quality: str, images: Sequence[str]) -> str:
        return "".join([self.image(name, alt=quality != "messy" and self.dice.chance(0.8)) for name in images])

    def _good(self, links: list[str]) -> str:
        parts = [self.paragraph(2)]
        if self.dice.chance(0.3):
            parts.insert(0, '<ac:structured-macro ac:name="toc" ac:schema-version="1" />')
        for _ in range(self.dice.whole(2, 4)):
            parts += [self.heading(2), self.paragraph(3)]
            extra = self.dice.pick((self._steps, self._points, self._rows, self.code, self.panel, self._deeper))
            parts.append(extra())
            if links:
                parts.append(links.pop())
        return "".join(parts + links) + (self.outside() if self.dice.chance(0.3) else "")

    def _steps(self) -> str:
        return self.listing("ol", 3)

    def _points(self) -> str:
        return self.listing("ul", 3)

    def _rows(self) -> str:
        return self.table(3)

    def _deeper(self) -> str:
        return self.heading(3) + self.paragraph(2) + self.tasks(2)

    def _plain(self, links: list[str]) -> str:
        parts = [self.paragraph(2), self.heading(2), self.paragraph(3), self.heading(2), self.paragraph(2)]
        return "".join(parts + links)

    def _wall(self, links: list[str]) -> str:
        return self.paragraph(self.dice.whole(18, 28)) + "".join(links)

    def _flat(self, links: list[str]) -> str:
        return "".join([self.paragraph(3) for _ in range(4)] + links)

    def _stub(self, links: list[str]) -> str:
        note = self.dice.pick(UNFINISHED[:-1])
        return f"<p>{note}</p>" + (self.paragraph(1) if self.dice.chance(0.5) else "") + "".join(links)

    def _messy(self, links: list[str]) -> str:
        parts = [self.status(), self.heading(4), self.paragraph(6), self.heading(2), self.heading(5)]
        return "".join([*parts, self.paragraph(1), f"<p>{UNFINISHED[-1]}</p>", *links])

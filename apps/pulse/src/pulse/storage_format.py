"""The form of a page, read from Confluence's storage format: counts and link targets, never meaning.

Storage format is XHTML with ``ac:`` and ``ri:`` elements. Well-formed bodies go through expat; what expat
refuses is read again by the tolerant HTML parser, so that a broken page is measured, not dropped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote_plus
from xml.parsers.expat import ExpatError, ParserCreate

__all__ = ["Form", "Link", "read_page"]

BLOCKS = frozenset({"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ac:task-body"})
"""Elements whose end ends a sentence and a stretch of text."""

SILENT = frozenset(
    {"pre", "code", "ac:plain-text-body", "ac:parameter", "ac:placeholder", "ac:task-id", "ac:task-status"}
)
"""Elements whose text nobody reads as prose."""

SPACES: Mapping[str, tuple[str, ...]] = {"br": (" ",)}
HEADINGS: Mapping[str, int] = {f"h{level}": level for level in range(1, 7)}
IMAGES: Mapping[str, str] = {"img": "alt", "ac:image": "ac:alt"}
WORD = re.compile(r"[^\W\d_]+")
ASCII_WORD = re.compile(r"[A-Za-z]+")
"""The same for a text of ASCII alone, twice as fast."""
SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")
MARKS = ("TODO", "FIXME", "TBD", "TBC", "TBA", "WIP", "XXX", "DRAFT", "Lorem ipsum", "lorem ipsum")
"""What people write where something is still to be written; few pages have any."""
MARKER = re.compile(rf"\b(?:{'|'.join(MARKS)})\b")

TASK_STATUS = "ac:task-status"
FILE_LISTS = frozenset({"attachments", "gallery"})
"""Macros that show every file of the page."""

ADDRESSES = frozenset({"href", "src"})
PAGE_URL = re.compile(r"(.*/spaces/[^/]+)/pages/(\d+)")
FILE_URL = re.compile(r"/download/(?:attachments|thumbnails)/(\d+)/([^/?#]+)")
XML_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|#\w+);")

Link = tuple[str, str]
"""Where and what: a space key ("" is the page's own) and a title, or a space's address and a page id."""


class Form(SimpleNamespace):
    """What can be said of a page without understanding it. ``files``: names of files of its own that it shows or links
    to; ``addressed``: page id → names of files that it addresses by that; ``lists_files``: it shows all of its own. (No
    dataclass: making one takes longer than measuring most pages, and
    every call makes it anew.)"""

    words: int
    latin: int
    long_words: int
    sentences: int
    walls: int
    markers: int
    open_tasks: int
    headings: list[int]
    images: int
    images_without_alt: int
    links: set[Link]
    files: set[str]
    addressed: dict[str, set[str]]
    lists_files: bool

    def __init__(self, **given: Any) -> None:
        """What is not given is nothing."""
        nothing: dict[str, Any] = {"headings": [], "links": set(), "files": set(), "addressed": {}}
        nothing["lists_files"] = False
        super().__init__(**dict.fromkeys(COUNTED, 0) | nothing | given)


COUNTED = (
    "words",
    "latin",
    "long_words",
    "sentences",
    "walls",
    "markers",
    "open_tasks",
    "images",
    "images_without_alt",
)

LATIN = ("\u0250", "\u1e00", "\u1f00")
"""Words in Latin script begin before the first of these letters, or between the second and the third."""

LONG_WORD = 6
"""Letters above which a word is long."""

WALL_WORDS = 120
"""Words above which one block is a wall of text."""


class _Measure:
    """Takes parser events and fills a Form; what it has read of the page goes with it."""

    def __init__(self) -> None:
        self.form = Form()
        self.texts: list[str] = []
        self._tags: list[str] = []
        self._words: list[str] = []
        self._block: list[str] = []
        self._silent = 0
        self._tag = ""
        self._file = ""

    def start(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        self._tag = tag
        self._tags.append(tag)
        self._silent += tag in SILENT
        self._block += SPACES.get(tag, ())
        if attributes or tag.startswith("ri:"):
            self._note(tag, attributes)

    def _note(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """What attributes say."""
        form = self.form
        form.images_without_alt -= tag in IMAGES and bool(attributes.get(IMAGES[tag]))
        for name in ADDRESSES & attributes.keys():
            address = str(attributes[name])
            form.links.update(PAGE_URL.findall(address))
            for page_id, file in FILE_URL.findall(address):
                form.addressed.setdefault(page_id, set()).add(unquote_plus(file))
        form.lists_files |= tag == "ac:structured-macro" and attributes.get("ac:name") in FILE_LISTS
        if tag.startswith("ri:"):
            self._file = str(attributes.get("ri:filename", ""))
        if tag == "ri:page":
            form.links.add((str(attributes.get("ri:space-key", "")), str(attributes.get("ri:content-title"))))

    def end(self, tag: str) -> None:
        """A file that names a page inside itself is that page's, and not counted."""
        self._tag = ""
        if tag == "ri:attachment":
            self.form.files |= {self._file} - {""}
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in BLOCKS:
            self.close_block()

    def text(self, data: str) -> None:
        self.form.open_tasks += self._tag == TASK_STATUS and data.strip() == "incomplete"
        if not self._silent:
            self._block.append(data)

    def close_block(self) -> None:
        """Count the block's sentences; a block with words has at least one."""
        text = "".join(self._block).strip()
        self._block.clear()
        self.texts.append(text)
        if not text:
            return
        ascii_alone = text.isascii()
        words = (ASCII_WORD if ascii_alone else WORD).findall(text)
        self._words += words
        form = self.form
        count = len(words)
        form.latin += count if ascii_alone else _latin(words)
        form.sentences += len(SENTENCE_END.findall(text)) or count > 0
        form.walls += count > WALL_WORDS

    def finish(self) -> None:
        """Close the last block, and count what needs no more than words and tags."""
        self.close_block()
        form, words, tags = self.form, self._words, self._tags
        form.words = len(words)
        form.long_words = sum(map(LONG_WORD.__lt__, map(len, words)))
        form.markers = tags.count("ac:placeholder")
        form.headings = [HEADINGS[tag] for tag in tags if tag in HEADINGS]
        form.images = sum(map(tags.count, IMAGES))
        form.images_without_alt += form.images


def _latin(words: Sequence[str]) -> int:
    below = [sum(map(bound.__gt__, words)) for bound in LATIN]
    return below[0] + below[2] - below[1]


class _Tolerant(HTMLParser):
    """Reads what is no XML; gives the same events."""

    def __init__(self, measure: _Measure) -> None:
        super().__init__()
        self._measure = measure

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._measure.start(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        self._measure.end(tag)

    def handle_data(self, data: str) -> None:
        self._measure.text(data)


def _strict(body: str) -> _Measure:
    """Raises ExpatError where ``body`` is not well-formed. HTML's named entities are read as characters."""
    measure = _Measure()
    readable = html.unescape(XML_ENTITY.sub(r"&amp;\1;", body))
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = measure.start
    parser.EndElementHandler = measure.end
    parser.CharacterDataHandler = measure.text
    parser.Parse(f"<page>{readable}</page>", True)
    return measure


def _tolerant(body: str) -> _Measure:
    measure = _Measure()
    parser = _Tolerant(measure)
    parser.feed(re.sub(r"<!\[(?!CDATA\[)", "&lt;![", body))  # any other section is text
    parser.close()
    return measure


def _measure(body: str) -> _Measure:
    try:
        measure = _strict(body)
    except ExpatError:
        measure = _tolerant(body)
    measure.finish()
    return measure


def read_page(body: str) -> tuple[Form, str]:
    """The form of a storage-format body and its prose, one block a line; never raises, whatever the body is."""
    measure = _measure(body)
    text = "\n".join(measure.texts)
    if any(map(text.__contains__, MARKS)):
        measure.form.markers += len(MARKER.findall(text))
    return measure.form, text

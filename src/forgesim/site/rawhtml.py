"""Reading a piece of raw HTML, whatever its shape."""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, fragment_fromstring

__all__ = ["read_html"]


def read_html(text: str) -> HtmlElement | None:
    """``text`` as the content of one ``div``; ``None`` where nothing in it can be read."""
    parser = HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    try:
        return fragment_fromstring(text.replace("\0", ""), create_parent="div", parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None

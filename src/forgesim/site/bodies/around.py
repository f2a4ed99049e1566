"""What a body's readers need to know of the site round it: where links lead, which files there are, who is who."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

__all__ = ["Alone", "Around", "File"]


class File(NamedTuple):
    """An attachment as a body shows it: its media id, the id of the page that it hangs on, and where it is."""

    id: str
    page: str
    path: str


class Around(Protocol):
    """The site as one reader sees it. What the reader may not see looks as if it were not there."""

    @property
    def site(self) -> str:
        """``https://HOST``."""

    @property
    def owner(self) -> str:
        """The id of the page that the body belongs to."""

    def page(self, target: Mapping[str, Any]) -> str | None:
        """The path of the page that a link names by ``title`` and ``space``."""

    def file(self, name: str, on: Mapping[str, Any] | None) -> File | None:
        """An attachment by its name, of the body's page or of the one that ``on`` names."""

    def file_name(self, id: str) -> str | None:  # noqa: A002
        """The name of the page's attachment with a media id."""

    def person(self, account: str) -> str | None:
        """The name of an account."""

    def children(self) -> list[tuple[str, str]]:
        """Title and path of the pages right below."""


class Alone:
    """A body of which nothing is known: no page, no file, nobody."""

    site = ""
    owner = ""

    def page(self, target: Mapping[str, Any]) -> str | None:  # noqa: ARG002
        return None

    def file(self, name: str, on: Mapping[str, Any] | None) -> File | None:  # noqa: ARG002
        return None

    def file_name(self, id: str) -> str | None:  # noqa: A002, ARG002
        return None

    def person(self, account: str) -> str | None:  # noqa: ARG002
        return None

    def children(self) -> list[tuple[str, str]]:
        return []

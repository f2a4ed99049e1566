"""A space export of Confluence (``entities.xml`` and attachments, in a zip, a folder, or alone) as a site.

The file is read twice, and never held whole: once for everything but bodies, then for the bodies that are kept.
Pages that are current come with their history, comments, labels, attachments and restrictions; drafts, the trash and
settings stay behind, and notes count them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from forgesim.errors import InputError, Problem
from forgesim.ids import derived_uuid
from forgesim.site.importing.bodies import Bodies
from forgesim.site.importing.entities import Entity, read_entities
from forgesim.site.importing.pages import PageReader
from forgesim.site.importing.recognise import ENTITIES
from forgesim.site.importing.tables import CONTENT, read_tables
from forgesim.site.importing.zipped import Export, open_export
from forgesim.site.model import Page, Site, Space
from forgesim.site.origin import host_of, start_after
from forgesim.site.people import People
from forgesim.site.showpieces import hide_from, variables_of
from forgesim.site.storage import marker_ref, plain_text, readable

__all__ = ["import_confluence"]

_BODIES = "BodyContent"
_FIRST_FREE = 900_000_000


def import_confluence(path: Path, *, name: str, keep_authors: bool = False, seed: int) -> Site:
    """The site ``name`` with the spaces of an export.

    People: alice (admin, in every list of viewers), bob (sees less), and those whom the export names, under pseudonyms
    unless ``keep_authors``. The clock starts on the day after the newest date. Raises InputError.
    """
    with open_export(path, ENTITIES) as (export, entities):
        return _Import(export, entities, name, seed, keep_authors=keep_authors).site()


class _Import:
    def __init__(self, export: Export, entities: str, name: str, seed: int, *, keep_authors: bool) -> None:
        self._export = export
        self._entities = entities
        self._cloud = derived_uuid("cloud", "import", name, seed)
        self._name = name
        self._seed = seed
        self._people = People(name, seed, keep=keep_authors)
        self._tables = read_tables(lambda: self._read(frozenset()), export.shown)
        self._users = self._tables.of("ConfluenceUserImpl")
        self._logins = {
            user.values.get("lowerName", user.values.get("name", "")).lower(): key for key, user in self._users.items()
        }

    def _read(self, skip: frozenset[str]) -> Iterable[Entity]:
        return read_entities(self._export.chunks(self._entities), self._export.shown, skip=skip)

    def site(self) -> Site:
        tables = self._tables
        if not tables.of("Space"):
            raise InputError(Problem(what="the export has no space", file=self._export.shown))
        spaces = {space.id: self._space(space) for space in tables.of("Space").values()}
        reader = PageReader(tables, self._export, self._account, self._people.alice, spaces)
        pages = reader.pages()
        if not pages:
            raise InputError(Problem(what="the export has no current page", file=self._export.shown))
        self._fill_bodies(reader, pages, spaces)
        for space in spaces.values():
            if space.homepage_id not in pages:
                space.homepage_id = None
        newest = max([each.updated_at for each in pages.values()] + [each.created_at for each in spaces.values()])
        newest = max([newest, *(comment.created_at for page in pages.values() for comment in page.comments)])
        site = Site(
            name=self._name,
            cloud_id=self._cloud,
            host=host_of(next(iter(spaces.values())).key),
            region="US",
            clock_ms=start_after(newest),
            seed=self._seed,
            synthetic=False,
            users=self._people.users,
            spaces=spaces,
            pages=pages,
            next_id=max(
                [
                    _FIRST_FREE,
                    *(
                        int(each) + 1
                        for kind in (*CONTENT, "Comment", "Attachment", "Label")
                        for each in tables.of(kind)
                    ),
                ]
            ),
            lexicon="imported",
            notes=tables.notes,
        )
        hide_from(site, self._people.bob, self._people.alice)
        site.variables = variables_of(site)
        site.notes += [f"left out: {count} × {what}" for what, count in sorted(tables.left_out.items())]
        return site

    def _account(self, key: str | None) -> str | None:
        if key is None:
            return None
        user = self._users.get(key)
        return self._people.account(f"user:{key}", user.values.get("name") if user is not None else key)

    def _mentioned(self, how: str, name: str) -> str | None:
        if how == "username":
            name = self._logins.get(name.lower(), "")
        elif how == "account-id":
            of = (key for key, user in self._users.items() if user.values.get("atlassianAccountId") == name)
            name = next(of, name)
        return self._account(name) if name else None

    def _space(self, space: Entity) -> Space:
        key = space.values.get("key", "").strip()
        if not key:
            raise self._tables.stop(space, "the space has no key")
        kind: Literal["global", "personal"] = (
            "personal" if space.values.get("spaceType") == "personal" or key.startswith("~") else "global"
        )
        if kind == "personal":
            self._tables.notes.append(f"space {key}: the key of a personal space names its owner, and is kept")
        status: Literal["current", "archived"] = (
            "archived" if space.values.get("spaceStatus") == "ARCHIVED" else "current"
        )
        return Space(
            id=space.id,
            key=readable(key),
            name=readable(space.values.get("name", key).strip()) or key,
            homepage_id=space.ref("homePage"),
            kind=kind,
            status=status,
            owner=self._account(space.ref("creator")),
            created_at=self._tables.time(space, "creationDate") or 0,
            viewers=self._space_viewers(space.id),
        )

    def _space_viewers(self, space: str) -> list[str] | None:
        """Those who may view, where the export names people alone: who is in a group it does not say."""
        granted = [
            each
            for each in self._tables.of("SpacePermission").values()
            if each.ref("space") == space and each.values.get("type") == "VIEWSPACE"
        ]
        if not granted or any(each.ref("userSubject") is None for each in granted):
            if granted:
                self._tables.notes.append(
                    f"space {space}: groups may view it, and who is in them the export does not say; everybody may"
                )
            return None
        named = [account for each in granted if (account := self._account(each.ref("userSubject"))) is not None]
        return list(dict.fromkeys([self._people.alice, *named]))

    def _fill_bodies(self, reader: PageReader, pages: dict[str, Page], spaces: dict[str, Space]) -> None:
        markers = {ref: marker_ref(self._cloud, comment) for ref, comment in reader.markers.items()}
        bodies = Bodies(self._mentioned, markers)
        descriptions = {
            about: space
            for space in spaces.values()
            if (about := self._tables.of("Space")[space.id].ref("description")) is not None
        }
        skip = frozenset(kind for kind in self._tables.by_kind)
        seen: set[str] = set()
        for entity in self._read(skip):
            if entity.kind != _BODIES:
                continue
            owner = self._tables.bodies.get(entity.id) or entity.ref("content")
            if owner is None:
                continue
            kind = entity.values.get("bodyType", "2").strip()
            if owner in descriptions:
                descriptions[owner].description = plain_text(entity.values.get("body", ""))
            elif reader.wants(owner):
                if owner in seen and kind != "2":
                    continue
                seen.add(owner)
                reader.put_body(owner, bodies.body(entity.values.get("body", "").strip(), kind))
        empty = sum(1 for page in pages if page not in seen)
        if empty:
            self._tables.left_out["page without a body, kept empty"] += empty
        if bodies.odd:
            self._tables.notes.append(f"{bodies.odd} bodies are no well-formed storage format: their text is kept")

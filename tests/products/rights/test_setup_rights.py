"""A Jira site's configuration: the same for everybody who may ask, and what is told where nobody sees a project."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.products.rights.asking import Seen, ask_as
from tests.products.rights.canaries import Words
from tests.products.rights.laws import faults
from tests.products.rights.places import OLA, VIEWERS, place
from tests.products.rights.setup_rows import SAME_FOR_ALL, SETUP_ROWS
from tests.products.rights.test_rights import stamped_place

from forgesim.site.model import Site


def shut_place() -> Site:
    """Where one person sees the projects, and no scheme lets anybody browse."""
    site = place()
    for project in site.projects.values():
        project.viewers = [OLA]
    schemes = site.jira.permission_schemes
    site.jira.permission_schemes = {key: replace(each, grants={}) for key, each in schemes.items()}
    return site


@pytest.mark.parametrize("name", SAME_FOR_ALL)
def test_what_rights_do_not_change_is_the_same_for_all_who_may_ask(name: str) -> None:
    site, _ = stamped_place()
    said: dict[str, set[bytes]] = {}
    for viewer in VIEWERS.values():
        for probe in SAME_FOR_ALL[name](Seen(site, viewer)):
            if probe.may and probe.found:
                said.setdefault(probe.path, set()).add(ask_as(site, viewer)("GET", probe.path, probe.body).body)
    assert said
    assert [path for path, bodies in said.items() if len(bodies) != 1] == []


@pytest.mark.parametrize("who", VIEWERS)
@pytest.mark.parametrize("name", SETUP_ROWS)
def test_so_it_is_where_one_person_alone_sees_a_project(name: str, who: str) -> None:
    site, method = shut_place(), name.partition(" ")[0]
    seen, ask = Seen(site, VIEWERS[who]), ask_as(site, VIEWERS[who])
    assert [f"{probe.path}: {fault}" for probe in SETUP_ROWS[name](seen)
            for fault in faults(ask, seen, Words(), method, probe)] == []  # fmt: skip

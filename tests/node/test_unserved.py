"""Services of Forge that are not emulated are said by name, by the packages that call them: never a silent answer."""

from __future__ import annotations

import pytest
from tests.node.conftest import MakeApp, need

from forgesim.testing.kit import Forge

pytestmark = pytest.mark.node

SERVED = {
    "rows": ("sql", "Forge SQL"),
    "table": ("sql", "Forge SQL"),
    "file": ("os", "the object store"),
    "upload": ("os", "the object store"),
    "publish": ("realtime", "Forge Realtime"),
    "sign": ("realtime", "Forge Realtime"),
    "service": ("fcc", "containers"),
    "calendar": ("tpp", "third-party OAuth"),
    "consent": ("tpp", "third-party OAuth"),
}
"""Way of the app → the descriptor type that its package asks with, and the name that the app hears."""


@pytest.mark.parametrize("way", SERVED)
def test_it_is_said_by_its_name(forge: Forge, js_app: MakeApp, way: str) -> None:
    for package in ("@forge/object-store", "@forge/realtime", "@forge/sql"):
        need(package)
    app = forge.install(js_app("cellar"), forge.site("demo", seed=1))
    descriptor, name = SERVED[way]

    heard = app.invoke("try", {"way": way})

    assert name in str(heard)
    (asked,) = [each for each in app.ledger.crossings if each.decided.channel == "platform"]
    assert (asked.decided.op, asked.decided.decision.rule) == (descriptor, "not-emulated")
    assert asked.answered is not None
    assert (asked.answered.status, asked.answered.unsupported) == (501, descriptor)

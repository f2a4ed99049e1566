"""What the platform tells an invocation of itself."""

from __future__ import annotations

from typing import Any

import pytest
from tests.attacks.conftest import MANIFEST

ASKS = """\
from forgesim.sdk import permissions
known = dict(api.get_app_context())
return {**known, "may": permissions.can_fetch_from("backend", "https://us.i.posthog.com/capture/")}
"""


def test_an_app_knows_its_app_environment_installation_and_permissions(make_house: Any) -> None:
    house = make_house(ASKS, manifest=MANIFEST)
    known = house.call().result
    installation = house.stage.installation
    assert known["appAri"] == "ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556666"
    assert known["installationAri"] == f"ari:cloud:ecosystem::installation/{installation.id}"
    assert known["environmentAri"].startswith("ari:cloud:ecosystem::environment/5d4f7a0e-1111-4222-8333-444455556666/")
    assert (known["moduleKey"], known["environmentType"]) == ("page", "PRODUCTION")
    assert known["permissions"] == {
        "scopes": ["read:page:confluence", "read:space:confluence", "storage:app"],
        "external": {"fetch": {"backend": ["us.i.posthog.com"]}},
    }
    assert 0 < known["invocationRemainingTimeInMillis"] <= 25_000


@pytest.mark.parametrize("product", ["confluence", "jira"])
def test_an_app_is_installed_in_the_product_that_it_requires(make_house: Any, product: str) -> None:
    manifest = MANIFEST.replace("  runtime:", f"  compatibility: {{{product}: {{required: true}}}}\n  runtime:", 1)
    house = make_house("return request.context.install_context", manifest=manifest)
    cloud = house.stage.installation.site.cloud_id
    assert house.call().result == f"ari:cloud:{product}::site/{cloud}"


def test_analytics_are_no_permission_while_the_administrator_has_switched_them_off(make_house: Any) -> None:
    house = make_house(ASKS, manifest=MANIFEST)
    found = []
    for on in (True, False):
        house.stage.switch_analytics(on)
        found.append(house.call().result["may"])
    assert found == [True, False]

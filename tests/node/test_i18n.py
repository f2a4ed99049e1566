"""Translations of the manifest, read by ``i18n`` of @forge/api; the viewer's language comes from the products."""

from __future__ import annotations

import pytest
from tests.node.conftest import MakeApp

from forgesim.errors import InputError
from forgesim.testing.kit import Forge

pytestmark = pytest.mark.node

ENGLISH = {"title": "Greetings", "hello": "Hello", "bye": "Goodbye", "other": "?", "used": "en-US"}
GERMAN = {"title": "Grüße", "hello": "Hallo", "bye": "Goodbye", "other": "?", "used": "de-DE"}


@pytest.mark.parametrize("product", ["confluence", "jira"])
def test_each_viewer_reads_their_own_language(forge: Forge, js_app: MakeApp, product: str) -> None:
    """What a language lacks comes from the ones that it falls back to, in the manifest's order."""
    site = forge.site("demo", seed=1)
    people = {user.handle: user for user in site.users.values()}
    app = forge.install(js_app("phrase"), site, warm=True)

    found = {}
    for locale in ("en-US", "de-DE", "fr-FR", "ja-JP"):
        people["bob"].locale = locale
        found[locale] = app.invoke("greet", {"product": product}, user="bob")

    assert found == {"en-US": ENGLISH, "de-DE": GERMAN, "fr-FR": GERMAN, "ja-JP": ENGLISH}
    assert app.invoke("greet", {"product": product}, user="alice") == ENGLISH


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        pytest.param("locales/gone.json", None, "cannot be read", id="missing"),
        pytest.param("locales/bad.json", "{", "are no JSON", id="no JSON"),
        pytest.param("locales/list.json", "[]", "are no JSON object", id="no object"),
        pytest.param("../outside.json", "{}", "not in the app's folder", id="outside"),
    ],
)
def test_translations_that_cannot_be_used_are_told(
    forge: Forge, js_app: MakeApp, path: str, text: str | None, says: str
) -> None:
    app = js_app("phrase")
    if text is not None:
        (app / path).write_text(text)
    manifest = app / "manifest.yml"
    manifest.write_text(manifest.read_text().replace("locales/de-DE.json", path))

    with pytest.raises(InputError, match=says):
        forge.install(app, forge.site("demo", seed=1))

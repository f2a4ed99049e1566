from __future__ import annotations

from pathlib import Path

import pytest

from forgesim.errors import InputError, Problem
from forgesim.manifest.depends import may_follow
from forgesim.manifest.load import load_trust
from forgesim.manifest.model import ReadRule
from forgesim.manifest.trust_scenarios import duration_ms
from forgesim.manifest.types import Const, Fields, Int, Maybe

WHOLE = """\
app: pulse
vendor: somebody
version: "1.2"
subprocessors:
  - name: PostHog
    hosts: [us.i.posthog.com]
    purpose: Usage
    location: United States
    retention: Metrics only
    receives: usage
    service: {kind: posthog}
reads:
  scanSpace: spaces, pages of payload.spaceId
  byline: pages of context.extension.content.id
  settings:
stores:
  - in: kvs
    key: "space:{space}:score"
    value: {score: int 0..100, note: bool?}
  - {in: entity daily, key: "{date}", audience: admins, value: int 0..9}
sends:
  usage:
    method: const POST
    path: const /capture/
    headers: {X-Api-Key: const k}
    body: {count: int 0..1000}
logs: metadata
claims: [only_reads_content, sends_only_declared]
sentences:
  - {says: Nothing is changed, claims: [only_reads_content]}
  - {says: It is audited, untestable: a document}
scenarios:
  - name: Everything
    site: site.yml
    steps:
      - {as: bob, call: scanSpace, with: {spaceId: $space.id}, expect: error}
      - {trigger: "avi:confluence:updated:page", with: {id: $page}}
      - {schedule: nightly}
      - {webtrigger: hook, with: {}}
      - {wait: 2 days}
      - {fail: us.i.posthog.com, with: timeout, times: 3}
      - {admin: {analytics: off}}
      - {edit: $page, title: New, labels: [a], at: 2025-06-30}
      - {together: [{call: a}, {as: bob, call: b}]}
      - {move: EU}
      - {uninstall: true}
"""


def problems(tmp_path: Path, text: str) -> list[Problem]:
    path = tmp_path / "trust.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_trust(path)
    return list(caught.value.problems)


def test_the_whole_grammar_becomes_values(tmp_path: Path) -> None:
    (tmp_path / "trust.yml").write_text(WHOLE, encoding="utf-8")
    trust = load_trust(tmp_path)
    assert (trust.app, trust.version, trust.logs) == ("pulse", "1.2", "metadata")
    assert trust.subprocessors[0].receives == ("usage",)
    assert trust.reads == {
        "scanSpace": (ReadRule(kind="spaces"), ReadRule(kind="pages", source="payload", name="spaceId")),
        "byline": (ReadRule(kind="pages", source="context", name="extension.content.id"),),
        "settings": (),
    }
    assert [(store.place, store.audience) for store in trust.stores] == [
        ("kvs", "space-viewers"),
        ("entity daily", "admins"),
    ]
    assert isinstance(trust.stores[0].value, Fields)
    assert isinstance(trust.stores[0].value.fields["note"], Maybe)
    assert trust.sends["usage"].headers == Fields({"x-api-key": Const("k")})
    assert trust.sends["usage"].body == Fields({"count": Int(0, 1000)})
    assert trust.sends["usage"].query is None
    assert trust.claims == ("only_reads_content", "sends_only_declared")
    assert trust.sentences[1].untestable == "a document"


def test_steps_keep_their_kind_line_and_data(tmp_path: Path) -> None:
    (tmp_path / "trust.yml").write_text(WHOLE, encoding="utf-8")
    steps = load_trust(tmp_path).scenarios[0].steps
    assert [step.kind for step in steps] == [
        "call", "trigger", "schedule", "webtrigger", "wait", "fail", "admin", "edit", "together", "move",
        "uninstall",
    ]  # fmt: skip
    assert steps[0].data["with"] == {"spaceId": "$space.id"}
    assert steps[0].line == 36
    assert [inner.data["call"] for inner in steps[8].steps] == ["a", "b"]


def test_what_a_field_depends_on_goes_by_the_nearest_path(tmp_path: Path) -> None:
    value = "{score: int 0..9, by: {age: int 0..9, size: int 0..9}}"
    said = "{score: 'bodies, labels', by: [times], by.size: nothing}"
    (tmp_path / "trust.yml").write_text(STORE % ("a", f"{value}\n    depends_on: {said}"), encoding="utf-8")
    depends = load_trust(tmp_path).stores[0].depends_on
    found = {path: may_follow(depends, path) for path in ("score", "by.age", "by.size", "other")}
    assert found == {"score": {"bodies", "labels"}, "by.age": {"times"}, "by.size": frozenset(), "other": None}


def test_only_the_app_must_be_said(tmp_path: Path) -> None:
    (tmp_path / "trust.yml").write_text("app: x\n", encoding="utf-8")
    trust = load_trust(tmp_path)
    assert (trust.claims, trust.logs, trust.stores, trust.version) == ("all", "nothing", (), None)


STORE = "app: x\nstores:\n  - in: kvs\n    key: %s\n    value: %s\n"
STEP = "app: x\nscenarios:\n  - name: n\n    steps:\n      - %s\n"
SEND = "app: x\nsends:\n  s: {method: const GET, path: const /%s}\n"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("vendor: y\n", (1, 1), "trust.yml lacks app"),
        ("app: x\nstore: []\n", (2, 1), "trust.yml has no field 'store'"),
        ("app: x\nversion: 1.2\n", (2, 10), "version must be a text"),
        ("app: x\nlogs: everything\n", (2, 7), "logs cannot be 'everything'"),
        ("app: x\nclaims: some\n", (2, 9), "claims cannot be 'some'"),
        ("app: x\nclaims: [only_read_content]\n", (2, 10), "unknown claim 'only_read_content'"),
        ("app: x\nsentences:\n  - {says: a}\n", (3, 5), "a sentence has either claims or untestable"),
        ("app: x\nsentences:\n  - {says: a, claims: []}\n", (3, 23), "the sentence names no claim"),
        (STORE % ("a", "intt 0..5"), (5, 12), "value: 'intt 0..5' is not a type"),
        (STORE % ("a", "{b: {c: int 5}}"), (5, 20), "value.b.c: 'int 5' is not a type"),
        (STORE % ("a", "{b: content}"), (5, 12), "content may not be stored"),
        (STORE % ("'{pag}'", "bool"), (4, 10), "unknown placeholder {pag}"),
        (STORE % ("a", "bool\n  - {in: disk, key: b, value: bool}"), (6, 10), "in cannot be 'disk'"),
        (STORE % ("'p:{space}'", "bool\n  - {in: kvs, key: 'p:{page}', value: bool}"), (6, 20), "overlaps another key"),
        (STORE % ("a", "bool\n    depends_on: words"), (6, 17), "depends_on cannot be 'words'"),
        (STORE % ("a", "bool\n    depends_on: [labels, nothing]"), (6, 26), "depends_on cannot be 'nothing'"),
        (STORE % ("a", "{b: {c: bool}}\n    depends_on: {b.d: labels}"), (6, 18), "depends_on has no field 'b.d'"),
        (STORE % ("a", "{b: bool}\n    depends_on: {b: 3}"), (6, 21), "depends_on.b must be a list"),
        (SEND % "x, depends_on: {body.n: labels}", (3, 55), "depends_on has no field 'body.n'"),
        (SEND % "x, body: bo", (3, 48), "body: 'bo' is not a type"),
        (SEND % "x, query: bool", (3, 49), "query must be a map"),
        ("app: x\nsends:\n  s: {method: const GET}\n", (3, 6), "the send 's' lacks path"),
        ("app: x\nreads: {f: page}\n", (2, 12), "unknown kind 'page'"),
        ("app: x\nreads: {f: pages of body.x}\n", (2, 12), "is not a read rule"),
        (
            "app: x\nsubprocessors:\n  - {name: A, hosts: [a.b, a.b]}\n",
            (3, 28),
            "the host a.b is listed twice",
        ),
        ("app: x\nsubprocessors:\n  - {name: A, hosts: ['https://a.b']}\n", (3, 23), "is not a host"),
        ("app: x\nsubprocessors:\n  - {name: A, hosts: a.b, receives: u}\n", (3, 37), "A receives 'u', which sends"),
        (STEP % "{cal: x}", (5, 9), "the step says nothing to do"),
        (STEP % "{call: x, wit: {}}", (5, 19), "a call step has no field 'wit'"),
        (STEP % "{call: x, expect: fail}", (5, 27), "expect cannot be 'fail'"),
        (STEP % "{wait: soon}", (5, 16), "'soon' is not a duration"),
        (STEP % "{fail: kvss, with: 500}", (5, 16), "'kvss' cannot fail"),
        (STEP % "{fail: kvs, with: 418}", (5, 27), "a service cannot fail with 418"),
        (STEP % "{fail: kvs}", (5, 16), "a fail step lacks with"),
        (STEP % "{fail: kvs, with: 500, times: 0}", (5, 39), "times cannot be 0"),
        (STEP % "{admin: {analytics: maybe}}", (5, 29), "analytics cannot be 'maybe'"),
        (STEP % "{edit: $page}", (5, 16), "the edit changes nothing"),
        (STEP % "{edit: $page, at: soon}", (5, 27), "'soon' is not a time"),
        (STEP % "{together: [{call: x}]}", (5, 20), "together takes at least two steps"),
        (STEP % "{together: [{call: x}, {wait: 1 day}]}", (5, 32), "cannot run together"),
        (STEP % "{uninstall: false}", (5, 21), "uninstall must be true"),
        (STEP % "{move: MARS}", (5, 16), "move cannot be 'MARS'"),
        (STEP % "{trigger: updated}", (5, 19), "'updated' is not an event"),
        (STEP % "{trigger: 'avi:confluence:updated:page', sampled: much}", (5, 59), "sampled"),
        ("app: x\nscenarios:\n  - {name: n, steps: []}\n", (3, 22), "has no steps"),
        (
            "app: x\nscenarios:\n  - {name: n, steps: [{call: x}]}\n" * 1 + "  - {name: n, steps: [{call: x}]}\n",
            (4, 12),
            "a second scenario",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_a_problem_has_its_place_and_its_words(tmp_path: Path, text: str, place: tuple[int, int], what: str) -> None:
    found = problems(tmp_path, text)
    assert [(problem.line, problem.column) for problem in found] == [place], list(map(str, found))
    assert what in found[0].what


def test_an_unknown_claim_lists_the_known_ones(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "app: x\nclaims: [keeps_secrets]\n")
    assert "known: only_reads_content, asks_least_scopes" in (found.hint or "")


def test_every_problem_of_the_file_is_told_at_once(tmp_path: Path) -> None:
    text = "ap: x\nlogs: all\nstores:\n  - {in: kvs, key: '{x}', value: str}\nclaims: [a, b]\n"
    assert [problem.line for problem in problems(tmp_path, text)] == [1, 1, 2, 4, 4, 5, 5]


def test_an_overlap_is_told_even_where_a_type_is_bad(tmp_path: Path) -> None:
    text = "app: x\nstores:\n  - {in: kvs, key: '{page}', value: str}\n  - {in: kvs, key: '{space}', value: bool}\n"
    assert [problem.what for problem in problems(tmp_path, text)] == [
        "value: 'str' is not a type",
        "{space} overlaps another key of kvs",
    ]


def test_did_you_mean(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "app: x\nsubprocesors: []\n")
    assert str(found).endswith("trust.yml:2:1: trust.yml has no field 'subprocesors' (did you mean subprocessors?)")


@pytest.mark.parametrize(
    ("text", "milliseconds"), [("1 day", 86_400_000), ("30 minutes", 1_800_000), ("2 weeks", 1_209_600_000)]
)
def test_durations(text: str, milliseconds: int) -> None:
    assert duration_ms(text) == milliseconds

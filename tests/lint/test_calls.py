"""What a source calls, told from the source alone."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from forgesim.lint.calls import Calls, calls_of

HEAD = "from forgesim.sdk import api, route, assume_trusted_route\nimport forgesim.sdk as sdk\n"


def calls(body: str, **others: str) -> Calls:
    files = {f"src/{name.replace('__', '/')}.py": text for name, text in others.items()}
    return calls_of({"src/index.py": HEAD + body, **files}, frozenset({"handler"}))


def told(found: Calls) -> list[str]:
    products = [f"{each.method} {each.path}" for each in found.products]
    return sorted([*products, *(each.url for each in found.fetches)])


LITERAL = {
    "a route": ('api.as_user().request_jira(route("/x/{id}", id=1))', ["GET /x/{id}"]),
    "a method": ('api.as_app().request_jira(route("/x"), method="post")', ["POST /x"]),
    "a trusted route": ('api.as_app().request_jira(assume_trusted_route("/x"))', ["GET /x"]),
    "a constant": ('X = "/x"\napi.as_app().request_jira(route(X))', ["GET /x"]),
    "joined constants": ('X = "https://a.b"\napi.fetch(X + "/c")', ["https://a.b/c"]),
    "a text with a hole behind the host": ('api.fetch(f"https://a.b/{x}")', ["https://a.b/\0"]),
    "a segment that is not known": ('api.as_app().request_jira(route(f"/x/{y}/z"))', ["GET /x/{value}/z"]),
    "either of two": ('api.as_app().request_jira(route("/x" if y else "/z"))', ["GET /x", "GET /z"]),
    "a route by name": ('def f():\n  r = route("/x")\n  api.as_app().request_jira(r)', ["GET /x"]),
    "the SDK as a module": ('sdk.api.fetch("https://a.b/")', ["https://a.b/"]),
    "another name for api": ('from forgesim.sdk import api as a\na.fetch("https://a.b/")', ["https://a.b/"]),
    "a parameter": (
        'def get(path):\n  api.as_app().request_jira(route(path))\nget("/x")\nget(path="/y")',
        ["GET /x", "GET /y"],
    ),
    "a default": ('def get(path="/x"):\n  api.as_app().request_jira(route(path))\nget()', ["GET /x"]),
    "a method of a class": (
        "class A:\n  def get(self, path):\n    api.as_app().request_jira(route(path))\n"
        '  def b(self):\n    self.get("/x")',
        ["GET /x"],
    ),
    "a function in a function": (
        'def get(path):\n  def send():\n    api.as_app().request_jira(route(path))\n  send()\nget("/x")',
        ["GET /x"],
    ),
    "method and path stay together": (
        "def get(path, **more):\n  api.as_app().request_jira(route(path), **more)\n"
        'get("/x", method="PUT")\nget("/y", json=1)',
        ["GET /y", "PUT /x"],
    ),
    "through two functions": (
        'def a(p):\n  b(p)\ndef b(p):\n  api.as_app().request_jira(route(p))\na("/x")\nb("/y")',
        ["GET /x", "GET /y"],
    ),
}


@pytest.mark.parametrize(("body", "expected"), LITERAL.values(), ids=LITERAL.keys())
def test_what_the_source_says_is_known(body: str, expected: list[str]) -> None:
    found = calls(body)
    assert (told(found), found.other_products, found.other_fetches) == (expected, (), ())


UNKNOWN = {
    "a payload": "api.as_app().request_jira(route(request.payload))",
    "a method that is not known": 'api.as_app().request_jira(route("/x"), method=m)',
    "options that are not known": 'api.as_app().request_jira(route("/x"), **options)',
    "part of a segment": 'api.as_app().request_jira(route(f"/x{y}"))',
    "a host that is not known": 'api.fetch(f"https://{x}.b/")',
    "a host that may go on": 'api.fetch("https://a.b" + x)',
    "a constant that is bound twice": 'X = "/x"\nX = "/y"\napi.as_app().request_jira(route(X))',
    "a constant that a function changes": 'X = "/x"\ndef f():\n  global X\napi.as_app().request_jira(route(X))',
    "a variable of a loop": 'for x in y:\n  api.as_app().request_jira(route(x))',
    "a local that is bound twice": 'def f():\n  r = route("/x")\n  r = q\n  api.as_app().request_jira(r)',
    "a parameter of a handler": "def handler(path):\n  api.as_app().request_jira(route(path))\nhandler('/x')",
    "a parameter of what is handed on": (
        "def get(path):\n  api.as_app().request_jira(route(path))\nget('/x')\nrun(get)"
    ),
    "a parameter of what is decorated": (
        "@known\ndef get(path):\n  api.as_app().request_jira(route(path))\nget('/x')"
    ),
    "a parameter of what is defined twice": (
        "def get(path):\n  api.as_app().request_jira(route(path))\ndef get(path): pass\nget('/x')"
    ),
    "a parameter that is changed": "def get(path):\n  path += q\n  api.as_app().request_jira(route(path))\nget('/x')",
    "a parameter of a function that calls itself": (
        "def get(path):\n  get(path)\n  api.as_app().request_jira(route(path))"
    ),
    "a request function as a value": "f = api.as_app().request_jira",
    "fetch as a value": "f = api.fetch",
    "the API as a value": "other(api)",
    "code that is made at run time": "exec(x)",
    "GraphQL": 'api.as_app().request_graph("{}")',
}  # fmt: skip


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_stands_only_at_run_time_is_counted(body: str) -> None:
    found = calls(body)
    assert found.other_products or found.other_fetches


def test_names_are_followed_through_the_app_s_own_modules() -> None:
    found = calls(
        "from other.hosts import URL as U\nfrom other.doors import door\ndoor.fetch(U)",
        other__hosts='HOST = "https://a.b"\nURL = HOST + "/c"\n', other__doors="from forgesim.sdk import api as door\n",
    )  # fmt: skip
    assert told(found) == ["https://a.b/c"]
    assert [(each.file, each.line) for each in found.fetches] == [("src/other/hosts.py", 1)]


def test_a_function_that_an_import_renames_may_be_called_with_anything() -> None:
    body = 'def get(path):\n  api.as_app().request_jira(route(path))\nget("/x")'
    assert told(calls(body, other="from index import get\n")) == ["GET /x"]
    assert calls(body, other="from index import get as g\ng(x)\n").other_products


def test_a_name_with_an_underscore_belongs_to_its_file() -> None:
    body = 'def _get(path):\n  api.as_app().request_jira(route(path))\n_get("/x")'
    found = calls(body, other='from forgesim.sdk import api, route\ndef _get(path):\n  pass\n_get("/y")')
    assert told(found) == ["GET /x"]


def test_an_identity_is_told() -> None:
    body = "".join(f'{who}.request_jira(route("/{n}"))\n' for n, who in enumerate(
        ("api.as_user()", "api.as_user(x)", "api.as_app()", "api", "client")))  # fmt: skip
    assert [each.identity for each in calls(body).products] == ["user", "named user", "app", "none", "unknown"]


def test_many_variants_of_one_call_end() -> None:
    lines = "".join(f'def f{n}(a, b):\n  f{n + 1}(a + "/x", b)\n  f{n + 1}(a + "/y", b)\n' for n in range(20))
    found = calls(lines + "def f20(a, b):\n  api.as_app().request_jira(route(a))\nf0('', 1)")
    assert found.other_products


def test_a_text_of_many_parts_that_may_each_be_two_ends() -> None:
    parts = "{a if x else b}" * 40
    assert calls(f"a = '/1'\nb = '/2'\napi.as_app().request_jira(route(f'{parts}'))").other_products


def test_what_is_nested_too_deeply_is_told() -> None:
    assert "nested" in calls("x = " + "-" * 900 + "1\ny = " + "+".join(["x"] * 4000)).broken["src/index.py"][1]


@given(st.text(max_size=80))
def test_any_text_is_a_source(text: str) -> None:
    assert isinstance(calls_of({"src/index.py": text}), Calls)

"""Write ``apps/README.md``: what the three apps promise, from their manifests and trust.yml files.

``python tools/write_apps_readme.py`` from the project's root; a test compares the file with what this makes.
"""

from __future__ import annotations

from pathlib import Path

from forgesim.manifest.load import load_app
from forgesim.manifest.model import App, ReadRule
from forgesim.manifest.types import Const, Content, Enum, Fields, Id, Int, ListOf, Maybe, Number, Setting, Type

ROOT = Path(__file__).parents[1]
APPS = ("pulse", "xpress", "syncup")
HEAD = """\
# The three apps, and what they promise

These are independent re-implementations, written for forgesim and not affiliated with any vendor. They are modelled on
the public trust centre of Bytera, put in our own words; nothing here is a statement about an app that anybody ships.
`forgesim prove pulse xpress syncup` judges every sentence below that names a claim. Atlassian, Confluence, Jira and
Forge are trademarks of Atlassian. `tools/write_apps_readme.py` makes this page from `manifest.yml` and `trust.yml`.

## Subprocessors

| app | party | hosts | purpose | location | retention | receives |
|---|---|---|---|---|---|---|
| all | Atlassian | the platform, Forge LLM included | hosting, storage, AI | the customer's region | Forge's | all |
"""


def rule(each: ReadRule) -> str:
    return f"{each.kind} of `{each.source}.{each.name}`" if each.source else f"any {each.kind}"


def spelled(type_: Type) -> str:  # noqa: PLR0911 - one case a type
    """A type as trust.yml writes it."""
    match type_:
        case Int():
            return f"int {type_.lo}..{type_.hi}"
        case Number():
            return f"number {type_.lo}..{type_.hi} step {type_.step}"
        case Enum():
            return f"enum {'|'.join(map(str, type_.values))}"
        case Const():
            return f"const {type_.value}"
        case Id():
            return f"id {type_.kind}"
        case Setting():
            return f"setting {type_.size}"
        case Content():
            return "content"
        case ListOf():
            return f"list {type_.size} of {spelled(type_.of)}"
        case Maybe():
            return f"{spelled(type_.of)}?"
        case Fields():
            return "{" + ", ".join(f"{name}: {spelled(of)}" for name, of in type_.fields.items()) + "}"
        case _:
            return type(type_).__name__.lower()


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def subprocessors(app: App) -> list[str]:
    rows = [
        f"| {app.name} | {each.name} | {', '.join(f'`{host}`' for host in each.hosts)} | {each.purpose} "
        f"| {each.location} | {each.retention} | {', '.join(each.receives)} |"
        for each in app.trust.subprocessors
    ]
    return rows or [f"| {app.name} | nobody else | – | – | – | – | – |"]


def section(app: App) -> list[str]:
    trust = app.trust
    scopes = ", ".join(f"`{scope}`" for scope in sorted(app.manifest.scopes))
    lines = [f"## {app.name}: {trust.purpose}", "", f"Scopes: {scopes}.", ""]
    lines += ["| function | reads |", "|---|---|"]
    lines += [f"| `{name}` | {', '.join(map(rule, rules)) or 'nothing'} |" for name, rules in trust.reads.items()]
    lines += ["", "| stores in | key | value |", "|---|---|---|"]
    lines += [f"| {s.place} | `{s.key.text}` | `{cell(spelled(s.value))}` |" for s in trust.stores]
    if trust.sends:
        lines += ["", "| sends | method | path | body |", "|---|---|---|---|"]
        for name, send in trust.sends.items():
            parts = [spelled(part) if part else "–" for part in (send.method, send.path, send.body)]
            lines.append(f"| {name} | {' | '.join(f'`{cell(part)}`' for part in parts)} |")
    lines += ["", "| sentence | tested by |", "|---|---|"]
    for each in trust.sentences:
        tested = ", ".join(f"`{claim}`" for claim in each.claims) or f"not here: {each.untestable}"
        lines.append(f"| {cell(each.says)} | {cell(tested)} |")
    return [*lines, ""]


def page() -> str:
    """The whole page."""
    apps = [load_app(ROOT / "apps" / name) for name in APPS]
    rows = [row for app in apps for row in subprocessors(app)]
    return "\n".join([HEAD + "\n".join(rows), "", *(line for app in apps for line in section(app))]).rstrip() + "\n"


if __name__ == "__main__":
    (ROOT / "apps" / "README.md").write_text(page(), encoding="utf-8")

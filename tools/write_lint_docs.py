"""Write ``docs/lint.md``: every rule of ``forgesim lint``, from the checks themselves.

``python -m tools.write_lint_docs`` from the project's root; a test compares the file with what this makes.
"""

from __future__ import annotations

from pathlib import Path

from forgesim.lint.check import RULES

PAGE = Path(__file__).parents[1] / "docs" / "lint.md"
HEAD = """\
# What `forgesim lint` finds

`forgesim lint APP` looks at `manifest.yml`, `trust.yml`, the Python source and the pages of an app and runs none of it.
It ends with 1 where a finding is an error, with 0 on warnings and notes, with 2 where there is no such app.
`--json` prints one object ([schema](lint.schema.json)): `findings`, `eligibility`, `csp`, `major`.

- **The manifest, twice.** forgesim reads `manifest.yml` by rules of its own: what Forge documents, and what Atlassian's
  validator was seen to refuse. Every module type that Forge documents is known by name; what a module holds, as far as
  that is noted. Where the app, or a folder above it, has `node_modules/@forge/manifest` (`npm install @forge/manifest`
  brings it; its licence keeps it out of forgesim), `lint` asks that package too and prints its words as
  `forge-validator`: behind walls as a bundler is, reading the app and its packages, writing nothing, without a network.
  It needs Node 22; where it cannot be asked, `forge-validator-not-asked` says why. `run` and `prove` never ask it.
- **Eligibility.** Whether the manifest lets the app carry Forge's badge "Runs on Atlassian", with every reason for and
  against. What only Atlassian can see is `unknown`.
- **`--csp`** prints the Content Security Policy that Forge gives each Custom UI page; in JSON it always is. Inline
  scripts stand in it by their hashes. `https://your-site.atlassian.net` stands for the customer's site. Whatever is not
  of the documented form of an address stays out and is listed as refused.
- **`--against PATH`**, an older `manifest.yml` or app folder, lists each change that makes the next version major,
  which every site's administrator has to consent to; without such a change it is minor.
- **Source.** Calls of `request_confluence`, `request_jira` and `api.fetch` are followed through constants, joined texts
  and parameters whose callers all are in the app; the decision on them is the gateway's own. What stands only at run
  time is counted in one note. Nothing is said of dependencies, and of a page's own scripts only whether they call a
  product.

`error`: a deployment or a call fails, or two files contradict each other. `warning`: allowed, yet wide, stale or
blocked. `note`: a fact to know. `tools/write_lint_docs.py` makes this page.

| rule | severity | why | what to do |
|---|---|---|---|
"""


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


def page() -> str:
    """The whole page."""
    return HEAD + "".join(f"| `{r.name}` | {r.severity} | {cell(r.why)} | {cell(r.do)} |\n" for r in RULES)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

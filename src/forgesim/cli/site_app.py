"""``forgesim site``: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forgesim.cli.options import JsonOption, SeedOption

__all__ = ["site_app"]

site_app = typer.Typer(help="Look at a site, import one, or generate one.", rich_markup_mode=None)


@site_app.command("show")
def site_show(
    site: Annotated[
        str, typer.Argument(metavar="SITE", help="demo, proof, a YAML file, a folder of Markdown, an export.")
    ] = "demo",
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Show a site's spaces, pages and people."""
    from forgesim.cli import sites as command

    raise typer.Exit(command.show(site, seed=seed, as_json=as_json))


@site_app.command("import", short_help="Make a site of Markdown or of an export.")
def site_import(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH",
            help="A folder of Markdown, a space export of Confluence (zip or entities.xml), or issues of Jira (CSV, or "
            "JSON of its search; also a folder of such files).",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the site to FILE (.yml or .json), for --site.")
    ] = None,
    keep_authors: Annotated[
        bool, typer.Option("--keep-authors", help="Keep authors' names; by default each gets a made-up one.")
    ] = False,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Read Markdown, or an export of Confluence or Jira, as a site and show what became of it."""
    from forgesim.cli import sites as command

    code = command.import_site(path, keep_authors=keep_authors, seed=seed, out=out, as_json=as_json)
    raise typer.Exit(code)


@site_app.command("generate", short_help="Generate a site of any size.")
def site_generate(
    pages: Annotated[int, typer.Option("--pages", metavar="N", min=0, help="Pages, in all spaces together.")] = 1_000,
    issues: Annotated[
        int, typer.Option("--issues", metavar="N", min=0, help="Issues, in all projects together.")
    ] = 1_000,
    seed: SeedOption = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the site to FILE (.yml or .json), for --site.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Generate a site of any size, in words that exist nowhere, and show it; equal for equal numbers."""
    from forgesim.cli import sites as command

    raise typer.Exit(command.generate_site(pages=pages, issues=issues, seed=seed, out=out, as_json=as_json))

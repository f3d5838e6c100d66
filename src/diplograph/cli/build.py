"""`diplograph build`: sources in, a checked, immutable release out."""

from dataclasses import replace
from pathlib import Path

import click

from diplograph import release
from diplograph.cli import console, options
from diplograph.intake.replay import replay
from diplograph.release.hermit import require_consistency


@click.command
@options.kb
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that releases are put into. [default: .diplograph in the knowledge base]",
)
@click.option("--reason/--no-reason", default=True, help="Whether to add what the ontology entails.")
@click.option("--hermit", is_flag=True, help="First check consistency with HermiT; needs Java.")
def command(kb: Path | None, out: Path | None, reason: bool, hermit: bool) -> None:
    """Build a checked, immutable release from the sources.

    Parses every file, adds what the ontology entails and the rules infer, validates, counts, and makes the
    release the current one. When anything is wrong nothing changes and every problem is listed.
    """
    settings = options.settings(kb)
    if out:
        settings = replace(settings, state=out)
    if hermit:
        require_consistency(settings)
    replay(settings)
    with console.progress() as progress:
        built = release.build(settings, progress, reason=reason)
    for warning in built.manifest["warnings"]:
        console.note(f"warning: {warning}")
    click.echo(f"release {built.name}  {built.manifest['quads']} quads in {built.path}")

"""`diplograph token`: who may write to the service."""

from pathlib import Path

import click

from diplograph.cli import console, options
from diplograph.errors import ReadOnly
from diplograph.intake.tokens import Tokens


@click.command
@click.option("--name", metavar="WHO", help="Make a token for this holder and print it, once.")
@click.option("--revoke", metavar="WHO", help="End the token of this holder.")
@click.option("--list", "listed", is_flag=True, help="List who holds a token, and since when.")
@options.kb
def command(name: str | None, revoke: str | None, listed: bool, kb: Path | None) -> None:
    """Make, list and revoke the bearer tokens that allow writing.

    A token is printed when it is made and never again: only a salted hash of it is kept. The name is what
    the journal records with each change.
    """
    if [name is not None, revoke is not None, listed].count(True) != 1:
        raise click.UsageError("give one of --name, --revoke and --list")
    settings = options.settings(kb)
    if settings.read_only:
        raise ReadOnly(f"The knowledge base at {settings.kb} cannot be written.")
    tokens = Tokens(settings.state)
    if listed:
        console.table(("since", "name"), [(token.created, token.name) for token in tokens.all()])
    elif revoke is not None:
        tokens.revoke(revoke)
        console.note(f"{revoke} can no longer write")
    elif name is not None:
        click.echo(tokens.create(name))
        console.note("keep it safe: it is not shown again")

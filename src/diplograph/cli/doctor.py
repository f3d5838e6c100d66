"""`diplograph doctor`: is the machine fit."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from diplograph import fitness
from diplograph.cli import options


@click.command
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that is to be listened at.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port that has to be free."
)
@click.option(
    "-r",
    "--results",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Form of the findings.",
)
@options.kb
@click.pass_context
def command(ctx: click.Context, *, host: str, port: int, form: str, kb: Path | None) -> None:
    """Look at what building and serving need, and say how to mend what is missing; nothing is changed.

    Exits with 1 when something fails.
    """
    found = []
    for finding in fitness.examine(options.settings(kb, host=host, port=port)):
        found.append(finding)
        if form == "text":
            click.echo(f"{finding.state:<5} {finding.subject}: {finding.detail}")
            if finding.cure:
                click.echo(f"      {finding.cure}")
    if form == "json":
        click.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    ctx.exit(1 if any(finding.state == "fail" for finding in found) else 0)

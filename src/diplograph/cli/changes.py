"""`diplograph changes`: what was accepted, by whom and when."""

from pathlib import Path

import click

from diplograph.cli import console, options
from diplograph.intake.journal import Change, Journal
from diplograph.vocab import short


@click.command
@click.argument("number", type=click.IntRange(1), metavar="[ID]", required=False)
@options.kb
def command(number: int | None, kb: Path | None) -> None:
    """List the accepted changes, the newest first, or show the triples of one.

    Of one change, what it added is printed as N-Quads behind `+`, what it removed behind `-`.
    """
    journal = Journal(options.settings(kb).state)
    if number is None:
        rows = [row for change in reversed(journal.changes()) for row in _rows(change)]
        console.table(("ID", "when", "who", "graph", "change", "message"), rows)
        return
    content = journal.content(journal.find(number))
    for sign, text in (("-", content.removed), ("+", content.added)):
        for line in text.splitlines():
            click.echo(f"{sign} {line}")


def _rows(change: Change) -> list[tuple[str, ...]]:
    return [
        (str(change.number), change.at, change.who, short(graph), f"+{f.added} -{f.removed}", change.message)
        for graph, f in change.graphs.items()
    ]

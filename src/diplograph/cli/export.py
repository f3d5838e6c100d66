"""`diplograph export`: the graph in the formats of other tools."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import click

from diplograph.cli import console, results
from diplograph.engine import operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Engine
from diplograph.exports import calendar, edges, ftm, network
from diplograph.exports.edges import Ask


def _edges(ask: Ask) -> bytes:
    return "".join(edges.table(edges.edges(ask))).encode()


FORMATS: Mapping[str, Callable[[Ask], bytes]] = MappingProxyType(
    {
        "edges": _edges,
        "graphml": lambda ask: network.graphml(edges.edges(ask)),
        "gexf": lambda ask: network.gexf(edges.edges(ask)),
        "ftm": lambda ask: "".join(ftm.lines(ask)).encode(),
        "ics": lambda ask: calendar.ics(edges.edges(ask)),
    }
)
"""What writes each format."""


@click.command
@click.option("--to", "form", type=click.Choice([*FORMATS]), required=True, help="Format to write.")
@console.output
@console.kb
def export_command(form: str, output: Path | None, kb: Path | None) -> None:
    """Write acts for other tools.

    `edges` is a CSV with a row for each act and pair of parties, `graphml` and `gexf` are for network tools,
    `ics` is a calendar. `ftm` are persons and bodies under sanctions as lines of FollowTheMoney.
    """
    with results.opened(console.settings(kb)) as published:
        try:
            body = FORMATS[form](partial(_rows, published.engine))
        except ImportError as error:
            raise click.UsageError(str(error)) from error
    console.emit(body, output)


def _rows(engine: Engine, text: str) -> Iterable[Row]:
    """The rows of a query, as many as there are."""
    return results.select(engine, operations.operation(text)).rows

"""`diplograph curate`: articles read in the browser, and what they say put into forms."""

import secrets
import webbrowser
from pathlib import Path

import click

from diplograph.cli import console
from diplograph.cli.accept import whoami
from diplograph.errors import ReadOnly

LOOPBACK = "127.0.0.1"


@click.command
@click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the articles. [default: DIPLOGRAPH_SOURCES, else sources/ of the knowledge base]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port on the loopback interface. [default: a free one]",
)
@click.option(
    "--disagreements",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What `diplograph agree A B --format json` wrote: marks where the two differ.",
)
@click.option("--open", "browse", is_flag=True, help="Open a browser.")
@console.kb
def curate_command(
    *, sources: Path | None, port: int, disagreements: Path | None, browse: bool, kb: Path | None
) -> None:
    """Read articles in the browser and enter what they say.

    Only this machine can reach it, and only with the address that is printed, which holds a token made for
    this start. What is accepted goes the way of `diplograph accept`: checked, journalled, and undone by
    `diplograph undo`. No text of an article leaves the machine, nor stands in the knowledge base.
    """
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 - for this verb alone

    from diplograph.workbench.app import create_workbench  # noqa: PLC0415 - loads Flask
    from diplograph.workbench.workspace import Workspace  # noqa: PLC0415 - loads rdflib

    settings = console.settings(kb, writes=True)
    if settings.read_only:
        raise ReadOnly(f"The knowledge base at {settings.kb} cannot be written.")
    folder = sources or settings.sources or settings.kb / "sources"
    if not folder.is_dir():
        raise click.UsageError(f"{folder} is no folder: name the one with the articles by --sources.")
    workspace = Workspace(settings, folder.resolve(), whoami(), disagreements)
    token = secrets.token_urlsafe(32)
    silent = type("Silent", (WSGIRequestHandler,), {"log_request": lambda *_: None})  # lines had the token
    server = make_server(LOOPBACK, port, _not_yet, threaded=True, request_handler=silent)
    server.app = create_workbench(workspace, token, server.port)
    address = f"http://{LOOPBACK}:{server.port}/?token={token}"
    click.echo(address)
    console.note("only this machine reaches it, by this address alone; Ctrl-C ends it")
    if browse:
        webbrowser.open(address)
    console.end_quietly()
    server.serve_forever()


def _not_yet(*_: object) -> list[bytes]:
    """The application until the port is known, which it is made for: nobody has the address yet."""
    return []

"""`diplograph push`: a release into an engine elsewhere."""

from pathlib import Path
from typing import get_args

import click

from diplograph import preparation, push
from diplograph.cli import console, options
from diplograph.push import Account, Way
from diplograph.vocab import MERGED

SHOWN = {
    "dataset": "as one dataset: a single visible change, the default graph included",
    "graphs": f"graph by graph, the merge as {MERGED}",
}


@click.command
@click.argument("url", required=False)
@options.kb
@click.option(
    "--as",
    "way",
    type=click.Choice(get_args(Way)),
    help="Everything in one change, or graph by graph. [default: as the store can]",
)
@click.option("--files", type=click.Path(file_okay=False, path_type=Path), help="Write for a bulk loader.")
@click.option("--user", metavar="NAME", help="Account of the store.")
@click.option(
    "--password",
    envvar="DIPLOGRAPH_PASSWORD",
    show_envvar=True,
    help="Its password; asked for when it is not given.",
)
def command(
    *,
    url: str | None,
    kb: Path | None,
    way: Way | None,
    files: Path | None,
    user: str | None,
    password: str | None,
) -> None:
    """Load the release into the store at URL, replacing what is there, or write files for a bulk loader.

    URL is the address of the Graph Store Protocol. Builds the release first when the sources have changed.
    """
    if (url is None) == (files is None):
        raise click.UsageError("give the URL of a store, or --files DIR")
    account = Account(user, password or click.prompt("Password", hide_input=True, err=True)) if user else None
    with console.progress() as progress:
        release = preparation.prepare(options.settings(kb), progress)
        if files is not None:
            push.write_files(release, files)
            console.note(
                f"release {release.name} for a bulk loader in {files}; Virtuoso runs {files}/load.sql"
            )
        elif url is not None:
            done = push.push(release, url, way, account, progress)
            console.note(f"release {release.name} loaded {SHOWN[done]}")

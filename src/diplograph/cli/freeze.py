"""`diplograph freeze`: the release as a static site."""

from dataclasses import replace
from pathlib import Path

import click

from diplograph import preparation
from diplograph.cli import console, options
from diplograph.publication import Publication
from diplograph.web.frozen import freeze


@click.command
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base-url", metavar="URL", help="The address that the site will have, for absolute links.")
@options.kb
def command(folder: Path, base_url: str | None, kb: Path | None) -> None:
    """Write the release as a static site for any plain web host.

    Pages, documents in every format, downloads and the answers of the canned queries, with relative links.
    `_headers` and `nginx.conf` in DIR tell hosts the media types. What only a service can do is left out.
    """
    settings = options.settings(kb, base_url=base_url, timeout=60.0)
    with console.progress() as progress:
        release = preparation.prepare(settings, progress)
        with Publication.of_release(replace(settings, max_cache=0), release) as published:
            count = freeze(published, folder, progress)
    console.note(f"{count} files in {folder}")

"""`diplograph serve`: the service, on a port or for one request."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from diplograph import release as releases
from diplograph.changes import apply
from diplograph.cli import console
from diplograph.cli.server import serve, start_fork_server
from diplograph.release import Release
from diplograph.settings import Settings


@click.command
@click.argument("files", nargs=-1, metavar="[FILE|IRI=FILE]...")
@console.kb
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen at."
)
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Processes that answer queries. [default: cores]"
)
@console.timeout
@console.rewrite
@click.option("--max-rows", type=click.IntRange(1), help="Most rows of an answer. [default: no limit]")
@click.option("--max-cache", type=click.IntRange(0), help="Most bytes of kept answers. [default: 64 MB]")
@click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the articles, so that pages quote the passages. [default: none are quoted]",
)
@click.option("--access-log", is_flag=True, help="Log every request, those answered without work too.")
@click.option(
    "--engine", metavar="URL", help="SPARQL endpoint that holds the release and answers in our place."
)
@click.option(
    "--limit-loopback", is_flag=True, help="Hold clients on this machine to the limits for clients, too."
)
@click.option(
    "--trusted-proxies",
    type=click.IntRange(0, 16),
    default=0,
    show_default=True,
    metavar="N",
    help="Proxies in front whose X-Forwarded headers count; the client is whom the outermost saw.",
)
@click.option(
    "--forwarded", is_flag=True, help="They say so in Forwarded (RFC 7239); X-Forwarded headers do not count."
)
@click.option(
    "--trusted-host",
    "trusted_hosts",
    multiple=True,
    metavar="NAME",
    help="Answer only for this host, others so named, and its own address. [default: every host]",
)
@click.option("--base-url", metavar="URL", help="Public address; every link stays below its path, if any.")
@click.option(
    "--get", "request", metavar="PATH", help="Answer this one request on standard output and leave."
)
@click.option("--open", "browse", is_flag=True, help="Open a browser.")
@click.pass_context
def serve_command(
    ctx: click.Context,
    *,
    files: tuple[str, ...],
    kb: Path | None,
    host: str,
    port: int,
    workers: int | None,
    timeout: float | None,
    rewrite: bool,
    max_rows: int | None,
    engine: str | None,
    max_cache: int | None,
    sources: Path | None,
    access_log: bool,
    limit_loopback: bool,
    trusted_proxies: int,
    forwarded: bool,
    trusted_hosts: tuple[str, ...],
    base_url: str | None,
    request: str | None,
    browse: bool,
) -> None:
    """Serve the knowledge base, or files, over HTTP.

    Builds the release first when the sources have changed. With FILE it serves just those: no reasoning,
    no shapes, no canned queries.
    """
    if files and engine:
        raise click.UsageError("--engine answers for the release, not for FILE")
    if forwarded and not trusted_proxies:
        raise click.UsageError("--forwarded is what proxies say: add how many with --trusted-proxies")
    settings = console.settings(
        kb,
        writes=request is None and not files,
        host=host,
        port=port,
        workers=workers,
        timeout=timeout,
        rewrite=rewrite,
        max_rows=max_rows,
        engine=engine,
        max_cache=max_cache,
        passages=sources.resolve() if sources else None,
        access_log=access_log,
        limit_loopback=limit_loopback,
        trusted_proxies=trusted_proxies,
        forwarded=forwarded,
        trusted_hosts=trusted_hosts,
        base_url=base_url,
    )
    if request is None:
        console.end_quietly()
        start_fork_server()  # it imports while the release is found
    with ExitStack() as resources:
        release = _release(settings, files, resources)
        if request is None:
            serve(settings, release, browse=browse)
        else:
            ctx.exit(_answer(settings, release, request))


def _release(settings: Settings, files: tuple[str, ...], resources: ExitStack) -> Release:
    if files:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="diplograph-")))
        return releases.build_from_files(files, folder / "release")
    with console.progress() as progress:
        return apply.prepare(settings, progress)


def _answer(settings: Settings, release: Release, path: str) -> int:
    """Prints the answer to GET; 2 is the exit code when it is an error."""
    from diplograph.web import release_swap  # noqa: PLC0415 - the process that only watches needs no Flask

    response = release_swap.answer_once(settings, release, path)
    sys.stdout.buffer.write(response.data)
    sys.stdout.buffer.flush()
    if response.status_code != 200:
        location = response.headers.get("Location")
        console.note(f"{response.status}{f' -> {location}' if location else ''}")
    return 2 if response.status_code >= 400 else 0

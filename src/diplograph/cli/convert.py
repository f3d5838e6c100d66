"""`diplograph convert`: RDF from one syntax to another, nothing added or lost."""

from pathlib import Path

import click

from diplograph.cli import options, rdf


@click.command
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-r", "--to", type=click.Choice(rdf.SUFFIXES), help="Syntax to write. [default: that of -o, else ttl]"
)
@click.option(
    "-f", "--from", "source", type=click.Choice(rdf.SUFFIXES), help="Syntax to read. [default: by suffix]"
)
@options.output
def command(files: tuple[str, ...], to: str | None, source: str | None, output: Path | None) -> None:
    """Convert RDF from one syntax to another; several files become one. `-` is standard input."""
    suffix = to or (output.suffix.removeprefix(".") if output else "ttl")
    if suffix not in rdf.SUFFIXES:
        raise click.UsageError(f"no RDF syntax has the suffix {suffix!r}: say --to")
    quads = [quad for path in options.paths(files) for quad in rdf.read(path, source)]
    options.emit(rdf.write(quads, suffix), output)

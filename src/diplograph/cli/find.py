"""`diplograph find`: what is named like a text, so that nothing is minted twice."""

import json
from pathlib import Path

import click

from diplograph.cli import console, engines, options
from diplograph.names import Candidate
from diplograph.vocab import KINDS, short


@click.command
@click.argument("text")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only things of this kind.")
@click.option("-n", "--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("-r", "--results", "form", type=click.Choice(["table", "json"]), default="table")
@options.kb
def command(text: str, *, kinds: tuple[str, ...], limit: int, form: str, kb: Path | None) -> None:
    """Find things by a label or another name, in any language and in spite of spelling."""
    with engines.opened(options.settings(kb)) as published:
        found = published.names.find(text, limit, kinds=kinds)
    if form == "json":
        click.echo(json.dumps([_facts(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        named = "" if one.name.text == one.label else f"  ({one.name.text})"
        click.echo(f"{one.score:5.1f}  {short(one.iri)}  {one.label}{named}")
    if not found:
        console.note("nothing is named like this")


def _facts(one: Candidate) -> dict[str, object]:
    return {
        "iri": one.iri,
        "label": one.label,
        "name": one.name.text,
        "language": one.name.language,
        "score": one.score,
        "classes": list(one.classes),
    }

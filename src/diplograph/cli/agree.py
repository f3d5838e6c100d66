"""`diplograph agree`: how far two coders of the same texts agree."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from diplograph.cli import console
from diplograph.evidence import agreement
from diplograph.evidence.agreement import Agreement, Coding, Disagreement, Pair
from diplograph.namespaces import in_space, short, split
from diplograph.sources import KnowledgeBase
from diplograph.sparql.results import spreadsheet_text

CODING = click.Path(exists=True, path_type=Path)
COLUMNS = ("feature", "A", "B", "unit", "passages")


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The pairs of each article, and the hash of its text where one is recorded."""

    matched: Mapping[str, Sequence[Pair]]
    hashes: Mapping[str, str]

    @property
    def pairs(self) -> list[Pair]:
        return [pair for found in self.matched.values() for pair in found]

    @property
    def differences(self) -> list[Disagreement]:
        return [each for pair in self.pairs for each in agreement.disagreements(pair)]


@click.command
@click.argument("first", metavar="A", type=CODING)
@click.argument("second", metavar="B", type=CODING)
@click.option(
    "--only", metavar="SOURCE", help="Compare one article: its IRI, its short name or its last part."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
@click.pass_context
def agree_command(ctx: click.Context, first: Path, second: Path, only: str | None, form: str) -> None:
    """Say how far two coders agree, who each wrote a Turtle file or a knowledge base.

    Of knowledge bases the articles are compared that both hold, by their IRI or by the hash of their text.
    Acts and claims are matched by passage and kind. Told are percent agreement, Cohen's kappa and
    Krippendorff's alpha of each feature, of each article and of all, then what differs, with its passages;
    CSV has the latter alone.
    Exits 0 when nothing differs, 1 when something does.
    """
    with ExitStack() as stack:
        if first.is_dir():
            stack.enter_context(in_space(KnowledgeBase(first).base))
        found = _compared(first, second, only)
        {"text": _text, "json": _json, "csv": _csv}[form](found)
        ctx.exit(1 if found.differences else 0)


def _compared(first: Path, second: Path, only: str | None) -> _Comparison:
    one, other = Coding.read(first), Coding.read(second)
    other = other.named_as_in(one)
    are_files = first.is_file() and second.is_file()
    held = one.articles.keys() | other.articles.keys()
    shared = held if are_files else one.articles.keys() & other.articles.keys()
    if not shared and not are_files:
        raise click.UsageError(f"{first} and {second} hold no article in common.")
    chosen = sorted(iri for iri in shared if only is None or only in {iri, short(iri), split(iri)[1]})
    if only is not None and not chosen:
        names = ", ".join(sorted(map(short, shared)))
        raise click.BadParameter(f"{only} is none of the articles in common: {names}", param_hint="--only")
    hashes = {iri: one.articles.get(iri) or other.articles.get(iri, "") for iri in chosen}
    return _Comparison(agreement.by_article(one, other, chosen), hashes)


def _text(found: _Comparison) -> None:
    if len(found.matched) > 1:
        for article, pairs in found.matched.items():
            click.echo(short(article))
            _coefficients(agreement.agreements(pairs))
            click.echo()
        click.echo(f"all {len(found.matched)} articles")
    _coefficients(agreement.agreements(found.pairs))
    if found.differences:
        click.echo()
        console.table(COLUMNS, [_cells(one) for one in found.differences])


def _coefficients(found: Sequence[Agreement]) -> None:
    rows = [
        (one.feature, str(one.units), _figure(one.percent, 1), _figure(one.kappa, 3), _figure(one.alpha, 3))
        for one in found
    ]
    console.table(("feature", "units", "percent", "kappa", "alpha"), rows)


def _json(found: _Comparison) -> None:
    articles = [
        {"article": iri, "sha256": found.hashes[iri], "agreement": _members(pairs)}
        for iri, pairs in found.matched.items()
    ]
    members = {
        "agreement": _members(found.pairs),
        "articles": articles,
        "disagreements": [_member(one) for one in found.differences],
    }
    click.echo(json.dumps(members, ensure_ascii=False, indent=2))


def _members(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    return [asdict(one) for one in agreement.agreements(pairs)]


def _member(one: Disagreement) -> dict[str, Any]:
    spans = [{"source": source, "start": start, "end": end} for source, start, end in one.spans]
    return {**dict(zip(COLUMNS, _cells(one), strict=True)), "spans": spans}


def _csv(found: _Comparison) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    writer.writerows([spreadsheet_text(cell) for cell in _cells(one)] for one in found.differences)


def _cells(one: Disagreement) -> tuple[str, ...]:
    return one.feature, one.first, one.second, one.unit, one.passages


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"

"""`diplograph agree`: how far two coders of one text agree."""

import csv
import json
import sys
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from diplograph.cli import console
from diplograph.evidence import agreement
from diplograph.evidence.agreement import Agreement, Pair, Unit
from diplograph.namespaces import short
from diplograph.rdf import turtle
from diplograph.sparql.results import spreadsheet_text

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
COLUMNS = ("feature", "A", "B", "unit", "passages")


@click.command
@click.argument("first", metavar="A", type=FILE)
@click.argument("second", metavar="B", type=FILE)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
@click.pass_context
def agree_command(ctx: click.Context, first: Path, second: Path, form: str) -> None:
    """Say how far two coders of one text agree, who each wrote a Turtle file with its evidence.

    Acts and claims are matched by passage and kind. Told are percent agreement, Cohen's kappa and
    Krippendorff's alpha of each feature, then what differs, with its passages; CSV has the latter alone.
    Exits 0 when nothing differs, 1 when something does.
    """
    one, other = (agreement.units(turtle.read(path)) for path in (first, second))
    matched = agreement.pairs(one, other)
    found = agreement.agreements(matched)
    differences = [each for pair in matched for each in _differences(pair)]
    {"text": _text, "json": _json, "csv": _csv}[form](found, differences)
    ctx.exit(1 if differences else 0)


def _text(found: Sequence[Agreement], differences: Sequence[dict[str, str]]) -> None:
    rows = [
        (one.feature, str(one.units), _figure(one.percent, 1), _figure(one.kappa, 3), _figure(one.alpha, 3))
        for one in found
    ]
    console.table(("feature", "units", "percent", "kappa", "alpha"), rows)
    if differences:
        click.echo()
        console.table(COLUMNS, [tuple(one[name] for name in COLUMNS) for one in differences])


def _json(found: Sequence[Agreement], differences: Sequence[dict[str, str]]) -> None:
    members = {"agreement": [asdict(one) for one in found], "disagreements": list(differences)}
    click.echo(json.dumps(members, ensure_ascii=False, indent=2))


def _csv(_: Sequence[Agreement], differences: Sequence[dict[str, str]]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    writer.writerows([spreadsheet_text(one[name]) for name in COLUMNS] for one in differences)


def _differences(pair: Pair) -> Iterator[dict[str, str]]:
    """What two coders say otherwise of one unit, with the passages that it rests on."""
    there = [unit for unit in pair if unit]
    spans = {span for unit in there for span in unit.spans}
    places = "; ".join(f"{short(source)} {start}-{end}" for source, start, end in sorted(spans))
    names = ", ".join(dict.fromkeys(short(unit.iri) for unit in there))
    for feature in agreement.FEATURES if all(pair) else ("kind",):
        one, other = (_value(unit, feature) for unit in pair)
        if one != other:
            values = (feature, _said(one), _said(other), names, places)
            yield dict(zip(COLUMNS, values, strict=True))


def _value(unit: Unit | None, feature: str) -> Hashable:
    return unit.values.get(feature, "") if unit else agreement.NONE


def _said(value: Hashable) -> str:
    """A value as it is told: names short, a day as a date."""
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(short, value)))
    if isinstance(value, float):
        return agreement.middle(value)
    return " ".join(map(short, str(value).split()))


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"

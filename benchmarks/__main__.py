"""`python -m benchmarks`: measures this service and its peers in one run on one machine.

`python -m benchmarks measure --part growth` asks every canned query, with the example of each parameter by
itself, of graphs of 10^4, 10^5 and 10^6 triples and plots the times beside n log n; `--part canned` asks them
over 100,000 acts. How the figures are to be read:

- A time is one request over HTTP with `_limit=1000`, made different from every one before so that no cache
  answers it; the table gives the median of the rounds and half the spread. The peers get the same text, with
  the same limits inside.
- A query that gave a wrong answer or none within `--cap` seconds stands in the table with the cap.
- Growth is the slowest ratio of the largest to the smallest size; below one millisecond counts as one.
- What else runs on the machine is in the figures: queries took three times as long while other work kept both
  cores busy. Only a run on an idle machine says whether a goal is met.
"""

import signal
import tempfile
from pathlib import Path

import click

from benchmarks.generator import MOST_SOURCES, Plan, write
from benchmarks.hostile import hostile
from benchmarks.intake import intake
from benchmarks.names import names
from benchmarks.pages import pages
from benchmarks.running import Options, run
from benchmarks.servers import SYSTEMS
from benchmarks.tables import tables
from benchmarks.validation import validation

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("throughput", "canned", "analytic", "reciprocal", "growth", "footprint", "curated")
QUICK = {"acts": 500, "rounds": 1, "seconds": 1.0, "growth": (3_000, 10_000), "cap": 2.0}
folder = click.Path(file_okay=False, path_type=Path)
several = click.option(
    "--sources",
    type=click.IntRange(1, MOST_SOURCES),
    default=3,
    show_default=True,
    help="How many sources an act has at most.",
)


@click.group()
def main() -> None:
    """Generates graphs of our shape, and measures systems that serve them."""


@main.command()
@click.argument("target", type=folder)
@click.option("--acts", type=click.IntRange(20), help="How many acts; 100,000 make some 2 million triples.")
@click.option("--triples", type=click.IntRange(2000), help="About how many asserted triples, instead.")
@click.option("--seed", default=1, show_default=True)
@several
def generate(target: Path, acts: int | None, triples: int | None, seed: int, sources: int) -> None:
    """Writes a knowledge base that `diplograph build --kb TARGET` takes."""
    if (acts is None) == (triples is None):
        raise click.UsageError("Give --acts or --triples.")
    plan = Plan(acts, seed, sources) if acts else Plan.of_triples(triples or 0, seed, sources)
    made = write(plan, target, ROOT)
    click.echo(f"{made.triples} triples, {plan.acts} acts in {target}")


@main.command()
@click.option(
    "--acts",
    type=click.IntRange(20),
    default=100_000,
    show_default=True,
    help="Size of the graph compared on.",
)
@click.option(
    "--growth",
    multiple=True,
    type=int,
    default=(10_000, 100_000, 1_000_000),
    help="Sizes in triples of the plot.",
)
@click.option(
    "--system", multiple=True, type=click.Choice(list(SYSTEMS)), help="Peers to take part. [default: all]"
)
@click.option("--part", multiple=True, type=click.Choice(PARTS), help="What to measure. [default: all]")
@click.option(
    "--rounds", type=click.IntRange(1), default=5, show_default=True, help="How often each figure is taken."
)
@click.option("--seconds", type=float, default=4.0, show_default=True, help="Length of one run under load.")
@click.option(
    "--cap",
    type=float,
    default=20.0,
    show_default=True,
    help="Seconds after which a query counts as too slow.",
)
@click.option("--seed", default=1, show_default=True)
@several
@click.option("--check/--no-check", default=False, help="Build with validation.")
@click.option("--rules", type=folder, help="Rule files to build with instead of those of the project.")
@click.option(
    "--results", type=folder, default=ROOT / "benchmarks" / "results", help="Where the report goes."
)
@click.option("--name", default="latest", show_default=True, help="Name of the report.")
@click.option("--work", type=folder, help="Folder for data, used again. [default: a temporary one]")
@click.option("--quick", is_flag=True, help="A small graph and one round: under three minutes.")
@click.pass_context
def measure(ctx: click.Context, /, *, quick: bool, work: Path | None, **given: object) -> None:
    """Measures, prints medians, ratios and spread, and writes a report with plots."""
    if quick:
        small = {key: value for key, value in QUICK.items() if not _named(ctx, key)}
        given |= {"name": "quick"} | small
    given["part"] = given["part"] or PARTS
    given["system"] = given["system"] or tuple(SYSTEMS)
    signal.signal(signal.SIGTERM, _end)
    with tempfile.TemporaryDirectory(prefix="diplograph-benchmark-") as temporary:
        options = Options(template=ROOT, work=work or Path(temporary), **given)  # type: ignore[arg-type]
        report = run(options, click.echo)
    click.echo(report.read_text(encoding="utf-8"))


def _end(*_: object) -> None:
    """Leaves by the way that ends every server."""
    raise SystemExit(143)


def _named(ctx: click.Context, option: str) -> bool:
    return ctx.get_parameter_source(option) == click.core.ParameterSource.COMMANDLINE


main.add_command(validation)
main.add_command(hostile)
main.add_command(intake)
main.add_command(names)
main.add_command(pages)
main.add_command(tables)

if __name__ == "__main__":
    main()

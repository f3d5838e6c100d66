"""How fast things are found by name, beside what comparing a text with every name would take."""

import gc
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import click
from rapidfuzz import fuzz, process

from benchmarks.machine import this_machine
from diplograph.namespaces import ID
from diplograph.rdf import Dataset
from diplograph.rdf.terms import fold
from diplograph.release.assemble import load_graphs
from diplograph.search import Appellation, NameIndex, Role
from diplograph.search.loading import NAMES
from diplograph.sources import KnowledgeBase

ROOT = Path(__file__).resolve().parents[1]
LETTERS = "aeiklmnorstv"
STRANGE = 0.3
"""The share of words put in that no curated name has."""
SCORERS = (fuzz.ratio, fuzz.token_sort_ratio, fuzz.partial_ratio)


def variations(labels: list[str], many: int, chance: Random) -> Iterator[str]:
    """Yield the labels, then labels with about half their words replaced, until there are so many."""
    yield from labels
    words = [word for label in labels for word in label.split()]
    for _ in range(many - len(labels)):
        parts = chance.choice(labels).split()
        for _ in range(max(1, len(parts) // 2)):
            made = "".join(chance.choices(LETTERS, k=chance.randrange(4, 10)))
            parts[chance.randrange(len(parts))] = made if chance.random() < STRANGE else chance.choice(words)
        yield " ".join(parts)


def asked(names: list[str], many: int, chance: Random) -> Iterator[str]:
    """Yield texts to look for: names as they are, misspelled, in another order, and parts of names."""
    for number, name in enumerate(chance.choices(names, k=many)):
        place, parts = chance.randrange(len(name)), name.split()
        misspelled = f"{name[:place]}e{name[place + 1 :]}"
        shuffled = " ".join(chance.sample(parts, len(parts)))
        yield (name, misspelled, shuffled, name[: max(3, len(name) // 3)], chance.choice(parts))[number % 5]


def row(measure: str, look_up: Callable[[str], object], texts: list[str]) -> str:
    """Return a row in Markdown: what one look-up takes, in milliseconds of processor time."""
    taken = []
    for text in texts:
        begun = time.process_time()
        look_up(text)
        taken.append((time.process_time() - begun) * 1000)
    tenth = statistics.quantiles(taken, n=10)[-1]
    return f"| {measure} | {statistics.median(taken):.1f} | {tenth:.1f} | {max(taken):.1f} |"


@click.command
@click.option("--names", "many", type=click.IntRange(5000), default=100_000, show_default=True)
@click.option("--texts", "wanted", type=click.IntRange(10), default=200, show_default=True)
@click.option("--results", type=click.Path(path_type=Path), help="Folder that gets names.md.")
def names(*, many: int, wanted: int, results: Path | None) -> None:
    """Times the search by name over variations of the curated names."""
    dataset, chance = Dataset.memory(), Random(1)  # noqa: S311 - it keeps no secret
    load_graphs(KnowledgeBase(ROOT), dataset)
    dataset.write_default_merge()
    labels = sorted({found["name"].value for found in dataset.select(NAMES)})
    texts = list(variations(labels, many, chance))
    gc.collect()
    begun, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    index = NameIndex(
        ((str(ID[f"name/{number}"]), Appellation(text, "", Role.LABEL)) for number, text in enumerate(texts)),
        (),
    )
    built = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    folded = [fold(text) for text in texts]
    looked_for = list(asked(texts, wanted, chance))
    lines = [
        f"# One look-up among {many:,} names\n",
        f"Machine: {this_machine()}\n",
        f"The index is made in {built:.1f} s of processor time and takes {grown:.0f} MB.\n",
        "| milliseconds of processor time | median | 90 % | most |\n|---|---:|---:|---:|",
        row("the index", index.find, looked_for),
        *(
            row(
                f"`rapidfuzz.process` over all, `{scorer.__name__}`",
                partial(process.extract, choices=folded, scorer=scorer, score_cutoff=60, limit=400),
                [fold(text) for text in looked_for],
            )
            for scorer in SCORERS
        ),
    ]
    report = "\n".join(lines) + "\n"
    if results is not None:
        results.mkdir(parents=True, exist_ok=True)
        (results / "names.md").write_text(report, encoding="utf-8")
    click.echo(report)

"""Pages as a reader meets them: until the largest thing on each is painted, scripts off, the service warm."""

import shutil
import statistics
from collections.abc import Mapping
from pathlib import Path

import click

from benchmarks.hostile import Service
from benchmarks.machine import this_machine
from benchmarks.servers.base import HOST

ROOT = Path(__file__).resolve().parents[1]
PORT = 28794
PAINTED = """() => new Promise(done =>
    new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
        .observe({type: 'largest-contentful-paint', buffered: true}))"""
PAGES = {
    "home": "/",
    "about": "/about",
    "questions": "/queries",
    "answer with a picture": "/queries/reciprocal-expulsions",
    "answer without a picture": "/queries/claims-by-status",
    "answer with a map": "/queries/names-of-places",
    "editor": "/sparql",
    "search": "/search?q=japan",
    "act": "/doc/act/russia-expels-motoki-2022.html",
    "state": "/doc/state/japan.html",
    "person": "/doc/person/fumio-kishida.html",
    "place": "/doc/place/islands-1.html",
    "document": "/doc/document/a2.html",
    "ontology": "/ontology.html",
    "vocabulary": "/vocab.html",
    "shapes": "/shapes.html",
    "graphs": "/graphs",
    "API": "/docs",
    "limits": "/limits",
    "changes": "/changes",
    "validate": "/validate",
    "story": "/between/japan/russia",
    "home in Japanese": "/?_lang=ja",
    "state in Russian": "/doc/state/japan?_lang=ru",
}
"""One page of each kind that takes a time of its own."""


@click.command()
@click.option("--page", multiple=True, type=click.Choice(list(PAGES)), help="[default: all]")
@click.option("--kb", type=click.Path(file_okay=False, path_type=Path), default=ROOT, help="Knowledge base.")
@click.option("--rounds", default=5, show_default=True, help="Visits of each page, each with an empty cache.")
@click.option("--results", type=click.Path(path_type=Path), help="Folder that gets pages.md.")
def pages(page: tuple[str, ...], kb: Path, rounds: int, results: Path | None) -> None:
    """Opens one page of each kind and tells when the largest thing on it was painted."""
    service = Service(kb, PORT)
    try:
        wanted = {name: path for name, path in PAGES.items() if name in page or not page}
        times = painted(f"http://{HOST}:{PORT}", wanted, rounds)
    finally:
        service.stop()
    text = report(times, rounds)
    click.echo(text)
    if results is not None:
        (results / "pages.md").write_text(text, encoding="utf-8")


def painted(base: str, wanted: Mapping[str, str], rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds until the largest paint of each page, visit by visit, after one to warm up."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this benchmark drives a browser

    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise click.ClickException("This needs chromium.")
    found: dict[str, list[float]] = {name: [] for name in wanted}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for visit in range(rounds + 1):
            for name, path in wanted.items():
                context = browser.new_context(viewport={"width": 1400, "height": 1000})
                page = context.new_page()
                page.route("**/*.js", lambda route: route.abort())
                answer = page.goto(f"{base}{path}")
                if answer is None or answer.status != 200:
                    raise click.ClickException(f"{path} is not answered.")
                if visit:
                    found[name].append(page.evaluate(PAINTED))
                context.close()
        browser.close()
    return found


def report(times: dict[str, list[float]], rounds: int) -> str:
    """Return the table of the pages, the slowest first."""
    medians = sorted(((statistics.median(own), max(own), name) for name, own in times.items()), reverse=True)
    lines = [
        f"# Largest contentful paint, scripts off, median of {rounds} visits\n",
        f"Machine: {this_machine()}; browser and service share it.\n",
        "| page | median | longest |\n|---|---|---|",
    ]
    lines += [f"| {name} | {median:.0f} ms | {longest:.0f} ms |" for median, longest, name in medians]
    return "\n".join(lines) + "\n"

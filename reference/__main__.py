"""Writes data/reference.ttl and ontology/currencies.ttl."""

from pathlib import Path

from diplograph.rdf import turtle
from reference import currencies, entities

ROOT = Path(__file__).resolve().parents[1]


def texts() -> dict[Path, str]:
    """Return the text of every file that is made here."""
    return {
        ROOT / "data/reference.ttl": turtle.canonical(entities.build()),
        ROOT / "ontology/currencies.ttl": turtle.canonical(currencies.build()),
    }


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")

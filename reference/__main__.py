"""Writes data/reference.ttl and ontology/currencies.ttl, and what they and the tables hash to."""

import hashlib
from pathlib import Path

from diplograph.rdf import turtle
from reference import currencies, entities
from reference.tables import FOLDER

ROOT = FOLDER.parent
HASHES = FOLDER / "made.tsv"


def texts() -> dict[Path, str]:
    """Return the text of every file that is made here."""
    return {
        ROOT / "data/reference.ttl": turtle.canonical(entities.build()),
        ROOT / "ontology/currencies.ttl": turtle.canonical(currencies.build()),
    }


def write() -> None:
    """Write the files, and the SHA-256 of each and of each table, which a test without packages compares."""
    made = texts()
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    inputs = sorted({*FOLDER.glob("*.tsv"), *made} - {HASHES})
    lines = [
        f"{path.relative_to(ROOT).as_posix()}\t{hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in inputs
    ]
    HASHES.write_text("\n".join(["file\tsha256", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    write()

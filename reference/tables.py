"""Tables: what this folder says itself, as rows, and the names of things."""

import csv
import re
import unicodedata
from pathlib import Path

from rdflib import URIRef

from diplograph.namespaces import PREFIXES

FOLDER = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of this folder, each by the names of its columns."""
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def slug(label: str) -> str:
    """Return the local name of what has an English label: its words in ASCII, joined by hyphens."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['.]", "", letters)).strip("-")


def iri(name: str) -> URIRef:
    """Return the IRI of a prefixed name such as `state:japan`."""
    prefix, _, local = name.partition(":")
    return URIRef(PREFIXES[prefix] + local)

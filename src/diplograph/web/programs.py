"""A query as a program: the same request for a shell, Python, R and JavaScript."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count

from flask import render_template

from diplograph import media

NAMES = ("curl", "Python", "R", "JavaScript")
ACCEPTS = {"select": media.CSV, "ask": media.RESULTS_JSON}


def programs(endpoint: str, query: str, form: str) -> list[tuple[str, str]]:
    """Name and text of each program that sends a query of some form to an endpoint."""
    lines = query.replace("\r\n", "\n").rstrip("\n").split("\n")
    facts = {
        "endpoint": endpoint,
        "form": form,
        "tabular": form == "select",
        "accept": ACCEPTS.get(form, media.TURTLE),
        "lines": lines,
        "quoted": [json.dumps(line, ensure_ascii=False) for line in lines],
        "mark": mark(lines),
    }
    return [(name, render_template(f"programs/{name.lower()}.txt", **facts)) for name in NAMES]


def mark(lines: Sequence[str]) -> str:
    """A word that ends a here-document and is no line of the query."""
    return next(word for number in count() if (word := f"SPARQL{number or ''}") not in lines)

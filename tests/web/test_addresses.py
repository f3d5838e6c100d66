"""The documents name every public address, and no address that does not answer."""

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

ENGINES = ("embedded",)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "linked-data.md"
ADDRESS = re.compile(r"`(/[^`\s]*)`")
SUFFIX = re.compile(r"\.(html|ttl|jsonld|nt|rdf)$")
CHOICE = re.compile(r"<any\(([^()]*)\):\w+>")
PLACEHOLDER = re.compile(r"<(?:\w+:)?\w+>|\{\w+\}")


def named() -> set[str]:
    table = DOCUMENT.read_text(encoding="utf-8").partition("## Addresses")[2].partition("\n## ")[0]
    return {address.partition("?")[0] for address in ADDRESS.findall(table)}


def shape(path: str) -> str:
    return PLACEHOLDER.sub("{}", path)


def spelled(rule: str) -> list[str]:
    """A rule with a part that is one of a few words, once for each of them."""
    choice = CHOICE.search(rule)
    return [rule.replace(choice[0], word.strip()) for word in choice[1].split(",")] if choice else [rule]


def test_every_public_route_is_in_the_document(app: Flask):
    rules = {
        path
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/static/")
        for path in spelled(rule.rule)
    }
    routes = {
        shape(rule) for rule in rules if SUFFIX.sub("", rule) == rule or SUFFIX.sub("", rule) not in rules
    }

    assert routes - {shape(address) for address in named()} == set()


def test_every_address_of_the_document_answers(client: FlaskClient):
    fixed = sorted(address for address in named() if "{" not in address)

    assert [address for address in fixed if client.get(address).status_code >= 500] == []
    assert [address for address in fixed if client.get(address).status_code == 404] == []

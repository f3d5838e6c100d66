"""The description at /openapi.json is true: Schemathesis finds nothing, with every check that it has.

`DIPLOGRAPH_SCHEMA_CASES=2000 python -m pytest tests/web/test_schema.py` makes so many requests to each
address beside those of the boundaries, and leaves out none.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

from diplograph.queries import CannedQuery
from diplograph.release import Release
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import canned_page, changes, graph_store, reconcile, search, things, validation
from diplograph.web.parameters import LANG, TIMEOUT_OF_OTHERS, ServiceParameter, fits
from live import free_port, running
from schemas import problems

USUAL_ENGINES = ("embedded",)
OPENAPI = "https://raw.githubusercontent.com/OAI/OpenAPI-Specification/main/schemas/v3.1/schema.json"
FEW = 3
CASES = int(os.environ.get("DIPLOGRAPH_SCHEMA_CASES", FEW))
HERE = Path(__file__).parent
SERVE = """
import sys
from pathlib import Path

from diplograph.cli.server import serve
from diplograph.release import current
from diplograph.settings import Settings

if __name__ == "__main__":
    kb, state, port = sys.argv[1:]
    settings = Settings.resolve(kb=Path(kb), environ={}, state=Path(state), port=int(port), workers=2)
    serve(settings, current(settings))
"""
EXAMPLES = {
    "/between/{one}/{other}": ("/between/japan/russia",),
    "/changes/{number}": (),  # nothing was changed
    "/changes/{number}/{side}": (),
    "/describe": ("/describe?uri=https://w3id.org/diplograph/id/state/japan",),
    "/doc/{kind}/{slug}": ("/doc/state/japan",),
    "/dumps/{name}": ("/dumps/diplograph.nq.gz",),
    "/graph/{name}": ("/graph/a1",),
    "/graphs": ("/graphs", "/graphs?default"),
    "/id/{kind}/{slug}": ("/id/state/japan",),
    "/ontology/{name}": ("/ontology/dl",),
    "/problems/{slug}": ("/problems/busy",),
    "/queries/{name}": (),  # the suffix has chosen, and not every query has every one
    "/reconcile/preview": ("/reconcile/preview?id=state:japan",),
    "/rule/{name}": ("/rule/reciprocity-1",),
    "/search": ("/search?q=japan",),
    "/sparql": ("/sparql?query=ASK{}", "/sparql?query=DESCRIBE<urn:x>"),
    "/sparql.{suffix}": (),
    "/vocab/{name}": ("/vocab/stated",),
}
PARAMETERS = (
    *(*canned_page.SERVICE, TIMEOUT_OF_OTHERS),
    *(changes.BEFORE, changes.LENGTH, graph_store.KEY, graph_store.MESSAGE, search.SOUGHT, search.KIND),
    *(reconcile.CURSOR, things.PROFILE, validation.AGAINST, validation.MEDIA),
)
NUMBERS = "0 1 2 -1 007 1.5 1.5e0 1e 0x1 1_0 999 1000 1000000000 1000000000000"
WORDS = "null true on off ON full none release text/turtle en ja,en ja,,en zh-Hant-TW abcdefghi 日本 é"
TEXTS = (
    *("", *NUMBERS.split(), *WORDS.split(), " 1", "ja, en", ",".join(["en"] * 11), "a b", "a\tb", "\x00"),
    *("\u202e", "\u200b", "\xad", "x" * 255, "x" * 256, "x" * 501, "x" * 1001),
)


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    return json.loads(app.test_client().get("/openapi.json").data)


def test_the_description_is_openapi(document: dict[str, Any]) -> None:
    assert problems(document, OPENAPI) == []


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.name)
def test_a_parameter_takes_the_texts_of_its_schema_and_no_others(parameter: ServiceParameter) -> None:
    validator = jsonschema.Draft202012Validator(dict(parameter.schema))

    taken = [text for text in TEXTS if fits(text, parameter.schema)]

    assert taken == [text for text in TEXTS if any(map(validator.is_valid, readings(text)))]


def readings(text: str) -> Iterator[object]:
    """The values that a text in an address may stand for."""
    yield text
    if re.fullmatch(r"-?\d+(\.\d+(e\d+)?)?", text, re.ASCII):
        yield float(text) if "." in text else int(text)


def test_a_line_end_is_a_part_of_the_text() -> None:
    assert [fits(text, LANG.schema) for text in ("en", "en\n")] == [True, False]


def test_every_address_answers_in_each_type_that_it_states(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    missing = []
    for path, methods in document["paths"].items():
        for media in methods["get"]["responses"].get("200", {}).get("content", ()):
            addresses = EXAMPLES.get(path, (path,))
            if addresses and not any(is_sent(client, address, media) for address in addresses):
                missing.append((path, media))
    assert missing == []


def is_sent(client: FlaskClient, address: str, media: str) -> bool:
    answer = client.get(address, headers={"Accept": media}, follow_redirects=True)
    return (answer.status_code, answer.mimetype) == (200, media)


def test_an_address_that_is_asked_for_another_type_answers_as_it_states(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    for path, methods in document["paths"].items():
        for address in EXAMPLES.get(path, (path,)):
            answer = client.get(address, headers={"Accept": "application/x-other"})
            stated = resolved(document, methods["get"]["responses"][str(answer.status_code)])
            headers = {
                name for name, one in stated["headers"].items() if resolved(document, one).get("required")
            }
            assert answer.mimetype in stated["content"], address
            assert headers - set(answer.headers.keys()) == set(), address


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    path = node.get("$ref", "").removeprefix("#/").split("/")
    return reduce(lambda found, name: found[name], path, document) if "$ref" in node else node


@pytest.fixture(scope="module")
def address(settings: Settings, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service as it is run: what the server refuses by itself is an answer, too."""
    script, port = tmp_path_factory.mktemp("serve") / "serve.py", free_port()
    script.write_text(SERVE, encoding="utf-8")
    command = [sys.executable, str(script), str(settings.kb), str(settings.state), str(port)]
    with running(command, port, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as found:
        yield found


@pytest.mark.slow
@pytest.mark.timeout(300 if CASES == FEW else 0)
def test_requests_made_from_the_description_are_answered_as_it_says(
    address: str, published: Repository, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")]
    command += ["run", f"{address}/openapi.json", "--max-examples", str(CASES), "--seed", "1"]
    for path in left_out(list(published.queries.values())):
        command += ["--exclude-path", path]

    run = subprocess.run(
        [*command, "--continue-on-failure", "--no-color"],
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "schema_hooks.py")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr


def left_out(queries: Iterable[CannedQuery]) -> list[str]:
    """In a short run, the addresses of canned queries that take the same as another one."""
    kept = {signature(query): query for query in queries}.values()
    return [] if CASES > FEW else [f"/queries/{query.name}" for query in queries if query not in kept]


def signature(query: CannedQuery) -> frozenset[object]:
    """What the parameters of a query are, without their names."""
    return frozenset((p.type, bool(p.kinds), bool(p.options), p.multiple) for p in query.parameters.values())

"""Every query of the syntax suites: a good one is answered, a bad one refused at the right kind of place."""

import pytest

from conformance.collected import to_run
from conformance.manifest import Case
from conformance.services import Service

pytestmark = pytest.mark.slow
HEADERS = {"Content-Type": "application/sparql-query"}


@pytest.mark.parametrize("case", to_run("PositiveSyntaxTest11"))
def test_good_syntax_is_answered(case: Case, service: Service) -> None:
    answer = service.client.post("/sparql", content=case.text, headers=HEADERS)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("case", to_run("NegativeSyntaxTest11"))
def test_bad_syntax_is_refused_with_line_and_column(case: Case, service: Service) -> None:
    answer = service.client.post("/sparql", content=case.text, headers=HEADERS)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"].endswith("/malformed-query")
    lines = [*case.text.split("\n"), ""]
    position = problem["position"]
    assert 1 <= position["line"] <= len(lines)
    assert 1 <= position["column"] <= len(lines[position["line"] - 1]) + 1

"""Every query of the suite that has a result, through HTTP, on a service of its data."""

import pytest

from conformance import outcome
from conformance.collected import to_run
from conformance.manifest import Case, iri_of
from conformance.services import Service

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", to_run("QueryEvaluationTest", "CSVResultFormatTest"))
def test_query_gives_the_expected_result(case: Case, service: Service) -> None:
    assert case.query is not None
    assert case.result is not None
    media = outcome.accept(case.result)
    ordered = outcome.is_ordered(case.text)

    answer = service.client.post(
        "/sparql",
        content=f"BASE <{iri_of(case.query)}>\n{case.text}".encode(),
        headers={"Content-Type": "application/sparql-query", "Accept": media},
    )

    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == media
    found, wanted = outcome.parsed(answer.content, media), outcome.expected(case.result)
    assert found.canonical(ordered=ordered) == wanted.canonical(ordered=ordered), f"{found}\n{wanted}"

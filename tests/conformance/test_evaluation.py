"""Every query of the suite that has a result, through HTTP, on a service of its data."""

import pytest

from conformance import outcome
from conformance.collected import to_run
from conformance.exclusions import RESPELT
from conformance.manifest import Case, iri_of
from conformance.outcome import Form, canonical
from conformance.services import Service

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", to_run("QueryEvaluationTest", "CSVResultFormatTest"))
def test_query_gives_the_expected_result(case: Case, service: Service) -> None:
    assert case.query is not None
    assert case.result is not None
    media = outcome.accept(case.result)

    answer = service.client.post(
        "/sparql",
        content=f"BASE <{iri_of(case.query)}>\n{case.text}",
        headers={"Content-Type": "application/sparql-query", "Accept": media},
    )

    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == media
    found, wanted = outcome.parsed(answer.content, media), outcome.expected(case.result)
    form = Form.of(case.text)
    if case.name in RESPELT:
        assert canonical(found, form) != canonical(wanted, form), "spelt as expected: out of the list"
        found, wanted = outcome.by_value(found), outcome.by_value(wanted)
    assert canonical(found, form) == canonical(wanted, form), f"{found}\n{wanted}"

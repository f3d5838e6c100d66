"""Error types: what users read when something goes wrong."""

import pytest

from diplograph.errors import DiplographError, InternalError, MalformedQuery, problem_types

INTERFACE = {
    "bad-request": 400,
    "malformed-query": 400,
    "malformed-rdf": 400,
    "invalid-parameter": 400,
    "too-complex": 400,
    "unauthorized": 401,
    "federation-disabled": 403,
    "update-disabled": 403,
    "read-only": 403,
    "unknown-resource": 404,
    "not-acceptable": 406,
    "too-large": 413,
    "result-too-large": 413,
    "unsupported-media-type": 415,
    "does-not-conform": 422,
    "busy": 429,
    "internal-error": 500,
    "build-failed": 500,
    "engine-unavailable": 502,
    "not-ready": 503,
    "storage-unavailable": 503,
    "query-timeout": 503,
    "memory-limit": 503,
    "worker-killed": 503,
    "overloaded": 503,
    "engine-timeout": 504,
    "no-space": 507,
}


@pytest.mark.parametrize(("slug", "status"), INTERFACE.items())
def test_every_problem_type_of_the_interface_has_its_status(slug, status):
    assert problem_types()[slug].status == status


@pytest.mark.parametrize("error", problem_types().values(), ids=lambda error: error.slug)
def test_every_problem_type_says_what_it_means_and_its_cure(error):
    assert error.__doc__.strip().endswith(".")
    assert error.cure.endswith(".")
    assert error.title[0].isupper()


def test_slugs_are_not_shared_but_for_the_root_of_all_errors():
    classes = [DiplographError, *DiplographError.__subclasses__()]
    nested = [child for error in classes[1:] for child in error.__subclasses__()]
    slugs = [error.slug for error in [*classes[1:], *nested]]

    assert len(slugs) == len(set(slugs))
    assert problem_types()["internal-error"] is InternalError or DiplographError.slug == "internal-error"


def test_an_error_keeps_its_detail_and_its_facts():
    error = MalformedQuery("No brace.", position={"line": 1, "column": 2})

    assert (str(error), error.detail) == ("No brace.", "No brace.")
    assert error.facts == {"position": {"line": 1, "column": 2}}

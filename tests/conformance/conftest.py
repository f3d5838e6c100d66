"""The service that each case of the W3C suite is put to."""

from collections.abc import Iterator

import pytest

from conformance.collected import ABSENT, every_case, served
from conformance.manifest import Case
from conformance.services import Service, Services


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    if not every_case():
        pytest.skip(ABSENT)
    return every_case()


@pytest.fixture(scope="session")
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    asking = [item for item in request.session.items if "service" in getattr(item, "fixturenames", ())]
    parameters = [item.callspec.params.get("case") for item in asking if hasattr(item, "callspec")]
    folder = tmp_path_factory.mktemp("conformance")
    pool = Services([served(case) for case in parameters if isinstance(case, Case)], folder)
    yield pool
    pool.close()


@pytest.fixture
def service(case: Case, services: Services) -> Iterator[Service]:
    """A live service on the data of the case."""
    yield services.lend(served(case))
    services.give_back(served(case))

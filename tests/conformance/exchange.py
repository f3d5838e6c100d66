"""A request that a manifest writes down, and what it says of the answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import httpx

from conformance.manifest import MF, Case
from conformance.rdf import Description, Term
from conformance.services import Service

HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
STATUSES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}
NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Exchange:
    """A request, and what the manifest says of the answer."""

    manifest: Description
    request: Term

    @property
    def path(self) -> str:
        """The path and query that are asked for."""
        found = self.manifest.text(self.request, HT + "absolutePath")
        assert found is not None
        return found

    @property
    def method(self) -> str:
        """The method of the request."""
        found = self.manifest.text(self.request, HT + "methodName")
        assert found is not None
        return found

    def send(
        self, service: Service, path: str | None = None, headers: Mapping[str, str] = NONE
    ) -> httpx.Response:
        """Send the request with the headers that are written down, those given, and no other.

        `path` stands in for the one that is written down.
        """
        return service.client.request(
            self.method, path or self.path, content=self._body(), headers={**dict(self._headers()), **headers}
        )

    @property
    def statuses(self) -> list[str]:
        """Patterns of the expected statuses, such as `2xx` or a name like `NoContent`."""
        found = self.manifest.objects(self._response, MF + "expectedStatus")
        names = [term.value.rpartition("#")[2].removeprefix("StatusCode") for term in found]
        return [STATUSES.get(name, name.replace("xx", r"\d\d")) for name in names]

    @property
    def graph(self) -> str | None:
        """The Turtle of the graph that has to come back."""
        body = self.manifest.value(self._response, HT + "body")
        return None if body is None else self.manifest.text(body, CNT + "chars")

    @property
    def location(self) -> str | None:
        """The name that later requests call the value of the header Location by."""
        return self.expects("expectedLocation")

    def expects(self, name: str) -> str | None:
        """The value of `mf:expectedBoolean` or `mf:expectedFormat`."""
        return self.manifest.text(self._response, MF + name)

    @property
    def _response(self) -> Term:
        found = self.manifest.value(self.request, HT + "resp")
        assert found is not None
        return found

    def _body(self) -> bytes | None:
        body = self.manifest.value(self.request, HT + "body")
        if body is None:
            return None
        encoding = self.manifest.text(body, CNT + "characterEncoding")
        return (self.manifest.text(body, CNT + "chars") or "").encode(encoding or "utf-8")

    def _headers(self) -> Iterator[tuple[str, str]]:
        for head in self.manifest.items(self.manifest.value(self.request, HT + "headers")):
            name, value = (self.manifest.text(head, HT + part) for part in ("fieldName", "fieldValue"))
            assert name is not None
            assert value is not None
            yield name, value


def exchanges(case: Case) -> list[Exchange]:
    """The requests of a case, in order."""
    action = case.manifest.value(case.entry, MF + "action")
    assert action is not None
    requests = case.manifest.items(case.manifest.value(action, HT + "requests"))
    return [Exchange(case.manifest, request) for request in requests]

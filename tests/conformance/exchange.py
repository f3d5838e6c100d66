"""A request that a manifest writes down, and what it says of the answer."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from conformance.manifest import MF, Case
from conformance.rdf import Description, Term
from conformance.services import Service

HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"


@dataclass(frozen=True)
class Exchange:
    """A request, and what the manifest says of the answer."""

    manifest: Description
    request: Term

    def send(self, service: Service) -> httpx.Response:
        """Send the request with the headers that are written down and no other."""
        text = self.manifest.text
        path = text(self.request, HT + "absolutePath")
        method = text(self.request, HT + "methodName")
        assert path is not None
        assert method is not None
        return service.client.request(method, path, content=self._body(), headers=dict(self._headers()))

    @property
    def statuses(self) -> list[str]:
        """Patterns of the expected statuses, such as `2xx`."""
        found = self.manifest.objects(self._response, MF + "expectedStatus")
        return [term.value.rpartition("#StatusCode")[2].replace("xx", r"\d\d") for term in found]

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

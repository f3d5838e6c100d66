"""A client of a diplograph service over HTTP, and the protocol of every source that a client asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

import httpx
from rdflib import Graph

from diplograph import media
from diplograph.errors import DiplographError, EngineTimeout, EngineUnavailable, problem_types
from diplograph.rdf import turtle

Parameters = Mapping[str, Sequence[str]]
LONGEST = 2000
"""Queries up to so many bytes go by GET, so that caches on the way can answer."""
RELEASE = "Diplograph-Release"
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Raw:
    """Results in SPARQL's JSON, the release that gave them, and whether they are all there are."""

    body: bytes
    release: str
    complete: bool


class Source(Protocol):
    """A graph that answers."""

    @property
    def release(self) -> str:
        """The name of the release."""
        ...

    def select(self, text: str, limit: int | None, release: str | None = None) -> Raw:
        """The solutions of a SELECT query, of this very release when one is named."""
        ...

    def ask(self, text: str) -> bool:
        """The answer to an ASK query."""
        ...

    def construct(self, text: str) -> Graph:
        """The graph of a CONSTRUCT or DESCRIBE query."""
        ...

    def run(self, name: str, parameters: Parameters, limit: int | None) -> Raw:
        """The solutions of a canned query."""
        ...

    def describe(self, iri: str) -> Graph:
        """The document about a thing."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


class Service:
    """Answers from a service elsewhere, over connections that are kept."""

    def __init__(self, address: str, timeout: float) -> None:
        """Take the address of a service or of its /sparql, and the most seconds to wait for an answer."""
        base = address.rstrip("/").removesuffix("/sparql")
        try:
            self._http = httpx.Client(base_url=base, timeout=timeout, follow_redirects=True)
        except httpx.InvalidURL as error:
            raise EngineUnavailable(f"{address} is not an address: {error}") from error

    @property
    def release(self) -> str:
        """The name of the release in service now."""
        named = self._send("GET", "/health/live").headers.get(RELEASE)
        if named is None:
            raise EngineUnavailable("What answers at this address is no diplograph service.")
        return str(named)

    def select(self, text: str, limit: int | None, release: str | None = None) -> Raw:
        """The solutions of a SELECT query, of this very release when one is named."""
        more = [("_limit", str(limit))] if limit is not None else []
        more += [("version", release)] if release else []
        return self._raw(self._sparql(text, media.RESULTS_JSON, more))

    def ask(self, text: str) -> bool:
        """The answer to an ASK query."""
        return bool(self._sparql(text, media.RESULTS_JSON).json()["boolean"])

    def construct(self, text: str) -> Graph:
        """The graph of a CONSTRUCT or DESCRIBE query."""
        return turtle.parse(self._sparql(text, media.N_TRIPLES).text)

    def run(self, name: str, parameters: Parameters, limit: int | None) -> Raw:
        """The solutions of a canned query."""
        fields = [(key, value) for key, values in parameters.items() for value in values]
        fields += [("_limit", str(limit))] if limit is not None else []
        return self._raw(self._send("GET", f"/queries/{quote(name, safe='')}.json", fields))

    def describe(self, iri: str) -> Graph:
        """The document about a thing."""
        return turtle.parse(self._send("GET", "/describe", [("uri", iri)], accept=media.N_TRIPLES).text)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _raw(self, response: httpx.Response) -> Raw:
        complete = response.headers.get("Result-Complete") != "false"
        return Raw(response.content, response.headers.get(RELEASE, ""), complete)

    def _sparql(self, text: str, accept: str, more: Fields = ()) -> httpx.Response:
        fields = [("query", text), *more]
        method = "GET" if len(text.encode()) <= LONGEST else "POST"
        return self._send(method, "/sparql", fields, accept=accept)

    def _send(self, method: str, path: str, fields: Fields = (), accept: str = "*/*") -> httpx.Response:
        """Return an answer that is what was asked for, or raise the error that it tells of."""
        sent = {"params": list(fields)} if method == "GET" else {"data": _by_name(fields)}
        try:
            response = self._http.request(method, path, headers={"Accept": accept}, **sent)
        except httpx.TimeoutException as error:
            raise EngineTimeout(
                "The service did not answer in time.", hint="Give a longer timeout."
            ) from error
        except httpx.HTTPError as error:
            raise EngineUnavailable(f"The service cannot be asked: {error}") from error
        if response.is_success:
            return response
        raise _problem(response)


def _by_name(fields: Fields) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def _problem(response: httpx.Response) -> DiplographError:
    """The error that a problem document (RFC 9457) stands for; without one, that the service failed."""
    said = f"The service answered {response.status_code} {response.reason_phrase}."
    if not response.headers.get("Content-Type", "").startswith(media.PROBLEM):
        return EngineUnavailable(said)
    try:
        members = response.json()
        kind = problem_types()[str(members["type"]).rpartition("/")[2]]
    except (ValueError, KeyError, TypeError):
        return EngineUnavailable(said)
    facts = {
        name: value for name, value in members.items() if name not in {"type", "title", "status", "detail"}
    }
    return kind(str(members.get("detail", said)), **facts)

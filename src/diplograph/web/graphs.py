"""The reading half of the Graph Store Protocol: whole graphs for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from diplograph import media
from diplograph.engine.protocol import Operation
from diplograph.errors import BadRequest, UnknownResource
from diplograph.publication import Publication
from diplograph.web import answers, bodies, links, represent, service

WRITES = ["PUT", "POST", "DELETE", "PATCH"]
ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
LIST_TYPES = {media.JSON: "json", media.HTML: "html"}


@dataclass(frozen=True, slots=True)
class GraphStore:
    """Reads the named graphs of the release, and its default graph, which is their merge."""

    publication: Publication

    def blueprint(self) -> Blueprint:
        """Mount the graph store."""
        pages = Blueprint("graphs", __name__)
        pages.add_url_rule("/graphs", endpoint="read", view_func=self.read, methods=["GET"])
        return pages

    def read(self) -> Response:
        """Sends the graph named by `graph`, or the `default` graph; without either, lists the graphs."""
        given = bodies.fields(request.query_string)
        answers.this_release(given, self.publication.release.id, "version", "_version")
        if not {"graph", "default"} & set(given):
            return self._list()
        name = graph_name(given)
        if name is not None:
            self._known(name)
        chosen = represent.accept(media.GRAPH_TYPES)
        policy = answers.Policy.of(given, "timeout", "_timeout")
        answer = answers.evaluate(self.publication.engine, whole(name), chosen, policy)
        response = answers.mark(answers.send(answer, chosen), whole(name), complete=answer.complete)
        return self._tagged(response, name, chosen)

    def _list(self) -> Response:
        chosen = represent.accept(LIST_TYPES)
        sizes = sorted(service.graph_sizes(self.publication).items())
        if chosen == media.HTML:
            rows = [(iri, links.iri_cell(iri), size) for iri, size in sizes]
            return represent.page("graphs.html", title="Graphs", graphs=rows)
        return represent.send(
            represent.dumps([{"graph": iri, "triples": size} for iri, size in sizes]), chosen
        )

    def _known(self, name: str) -> None:
        graphs = service.graph_sizes(self.publication)
        if name not in graphs:
            raise UnknownResource("The dataset holds no graph of this name.", near=sorted(graphs))

    def _tagged(self, response: Response, name: str | None, chosen: str) -> Response:
        """The validator of a named graph begins with the hash of that graph alone."""
        digest = self.publication.release.manifest.get("graphs", {}).get(name, {}).get("hash")
        if digest and response.headers["Result-Complete"] == "true":
            response.set_etag(f"{digest}-{media.GRAPH_TYPES[chosen]}-identity")
        return response


def graph_name(given: bodies.Fields) -> str | None:
    """The graph that a request means, None for the default graph. Raises BadRequest."""
    graph = bodies.single(given, "graph")
    default = bodies.single(given, "default")
    if graph is not None and default is not None:
        raise BadRequest(
            "A request names one graph or the default graph, not both.", parameters=["graph", "default"]
        )
    return graph


def whole(name: str | None) -> Operation:
    """The query for all triples of a graph, which is the whole dataset that it sees."""
    return Operation(ALL, "construct", default_graphs=(name,) if name is not None else None)

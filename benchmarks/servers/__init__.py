"""The systems side by side: each loads the same data and answers the same requests on 127.0.0.1."""

from benchmarks.servers.base import Absent, Data, Loaded, Server
from benchmarks.servers.diplograph import Diplograph
from benchmarks.servers.nginx import Nginx
from benchmarks.servers.oxigraph import Oxigraph
from benchmarks.servers.rdflib_endpoint import RdflibEndpoint
from benchmarks.servers.virtuoso import Virtuoso

__all__ = ["SYSTEMS", "Absent", "Data", "Loaded", "Nginx", "Server"]

SYSTEMS: dict[str, type[Server]] = {
    system.name: system for system in (Diplograph, Oxigraph, Virtuoso, RdflibEndpoint)
}
"""Those that answer SPARQL, by name; the first is the one that the others are held against."""

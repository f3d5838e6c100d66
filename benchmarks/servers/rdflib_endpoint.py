"""rdflib-endpoint (PyPI) over the merge of the graphs, in the faster of its two stores."""

from collections.abc import Sequence

from benchmarks.machine import disk
from benchmarks.servers.base import HOST, Loaded, Server, program


class RdflibEndpoint(Server):
    """`rdflib-endpoint serve --store Oxigraph`: loads its file at every start."""

    name = "rdflib-endpoint"
    port = 28703
    path = "/"

    def locate(self) -> None:
        """Finds the command."""
        self._program = program("rdflib-endpoint")

    def load(self) -> Loaded:
        """Nothing to do: it reads the file when it starts."""
        return Loaded(0.0, None, disk(self.data.merged))

    def command(self) -> Sequence[str]:
        """Serves the file."""
        where = ("--host", HOST, "--port", str(self.port))
        return (self._program, "serve", *where, "--store", "Oxigraph", str(self.data.merged))

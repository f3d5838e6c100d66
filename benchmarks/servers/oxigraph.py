"""Oxigraph's own server, read-only, over a store that its own loader filled (PyPI: oxigraph)."""

from collections.abc import Sequence

from benchmarks.machine import disk
from benchmarks.servers.base import HOST, Loaded, Server, program, timed


class Oxigraph(Server):
    """`oxigraph serve-read-only`: the engine that this service embeds, without the service."""

    name = "oxigraph"
    port = 28702
    path = "/query"

    def locate(self) -> None:
        """Finds the command."""
        self._program = program("oxigraph")

    def load(self) -> Loaded:
        """Loads the dump with the default graph in it."""
        store = ("--location", str(self.folder / "store"))
        log = self.folder / "load.log"
        seconds, peak = timed((self._program, "load", *store, "--file", str(self.data.quads)), log)
        again, _ = timed((self._program, "optimize", *store), log)
        return Loaded(seconds + again, peak, disk(self.folder / "store"))

    def command(self) -> Sequence[str]:
        """Serves the store."""
        store = str(self.folder / "store")
        return (self._program, "serve-read-only", "--location", store, "--bind", f"{HOST}:{self.port}")

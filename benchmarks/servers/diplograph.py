"""The service of this project, over the release built of the generated knowledge base."""

import sys
from collections.abc import Sequence
from urllib.parse import quote

from benchmarks.machine import disk
from benchmarks.servers.base import Loaded, Server


class Diplograph(Server):
    """`serve`, started on a release that is built already."""

    name = "diplograph"
    port = 28701

    def locate(self) -> None:
        """It is here: the benchmark imports it."""

    def load(self) -> Loaded:
        """Nothing to do: the release was built, and measured, before."""
        return Loaded(0.0, None, disk(self.data.state))

    def command(self) -> Sequence[str]:
        """Serves the release whether or not the software has changed since it was built."""
        return (
            sys.executable,
            "-m",
            "benchmarks.serving",
            str(self.data.kb),
            str(self.data.state),
            str(self.port),
        )

    def canned(self, name: str, parameters: dict[str, list[str]], limit: int) -> str:
        """The address of a canned query's result."""
        pairs = [(key, value) for key, values in parameters.items() for value in values]
        text = "&".join(f"{key}={quote(value, safe='')}" for key, value in [*pairs, ("_limit", str(limit))])
        return f"/queries/{name}.json?{text}"

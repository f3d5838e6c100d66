"""Client: the graph from Python, for scripts and notebooks: `from diplograph import Client`."""

from diplograph.client.access import Client
from diplograph.client.table import Table

__all__ = ["Client", "Table"]

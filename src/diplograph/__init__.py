"""diplograph: a knowledge graph of diplomatic acts, their evidence and the service that answers from it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diplograph.client import Client

__all__ = ["Client", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Import the client when it is asked for: the command line starts without it."""
    if name == "Client":
        from diplograph.client import Client  # noqa: PLC0415

        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

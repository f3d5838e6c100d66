"""Which changes of a dataset can change the answer of a query, and which part of the answer."""

from diplograph.footprint.query import Footprint, UnboundedError
from diplograph.footprint.routes import Routes

__all__ = ["Footprint", "Routes", "UnboundedError"]

"""Documents about things: as a graph for programs, as a view for pages.

Everything is asked of the engine in force; an IRI enters a query only as its own serialisation.
"""

from diplograph.documents.document import PROFILES, describe
from diplograph.documents.naming import Link, Value
from diplograph.documents.resource_view import Property, ResourceView, view

__all__ = ["PROFILES", "Link", "Property", "ResourceView", "Value", "describe", "view"]

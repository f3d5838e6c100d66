"""RDF: terms, stores, and Turtle read with its positions and written canonically."""

from diplograph.rdf.dataset import Dataset, GraphName

__all__ = ["Dataset", "GraphName"]

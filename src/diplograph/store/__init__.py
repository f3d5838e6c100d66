"""The door to the embedded store, for the build and for tools; queries of strangers never come here."""

from diplograph.store.dataset import Dataset, GraphName
from diplograph.store.forms import as_stored, canonical_lines, rdf_format

__all__ = ["Dataset", "GraphName", "as_stored", "canonical_lines", "rdf_format"]

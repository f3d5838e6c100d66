"""diplograph: a knowledge graph of diplomatic acts, their evidence and the service that answers from it."""

__version__ = "0.1.0"

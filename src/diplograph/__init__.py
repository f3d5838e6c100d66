"""diplograph: a knowledge graph of diplomatic acts, their evidence and the service that answers from it."""

import lazy_loader

__version__ = "0.1.0"

# What else there is stands in `__init__.pyi`; the command line starts without it.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__ += ["__version__"]

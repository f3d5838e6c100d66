"""RDF: terms, stores, and Turtle read with its positions and written canonically."""

import lazy_loader

# What each name stands for is in `__init__.pyi`; a module is imported when a name of it is first asked for.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

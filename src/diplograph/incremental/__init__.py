"""Following a change instead of doing everything again: what it can touch, and the one place that chooses.

`check` is the operation behind `diplograph check`, `validate_task` the one behind `/validate`, `changed` the
one by which a change is judged that is taken in.
"""

import lazy_loader

# What each name stands for is in `__init__.pyi`; a module is imported when a name of it is first asked for.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

from .checking import changed as changed
from .checking import check as check
from .checking import validate_task as validate_task
from .state import leftovers as leftovers
from .state import validation_graph_of as validation_graph_of

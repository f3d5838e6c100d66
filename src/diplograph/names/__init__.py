"""Things by their names: labels and names in every language, found in spite of spelling."""

from diplograph.names.index import Candidate
from diplograph.names.loading import Names
from diplograph.names.table import Appellation, Role

__all__ = ["Appellation", "Candidate", "Names", "Role"]

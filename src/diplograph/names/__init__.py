"""Things by their names: labels and names in every language, found in spite of spelling."""

from diplograph.names.index import Appellation, Candidate, Role
from diplograph.names.loading import Names

__all__ = ["Appellation", "Candidate", "Names", "Role"]

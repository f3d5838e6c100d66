"""Canned queries: a header that says what is asked, typed parameters, and a text that runs anywhere.

Every parameter `p` has at least one clause `VALUES ?p { … }` in the text. Binding replaces what stands
between its braces with terms in their own serialisation, so no text of a caller ever becomes SPARQL.
An optional parameter that is left out takes its clause with it.

A comment `#+ limit` in a sub-select says where a limit on rows may be set as well as at the end, so that
what follows is done for the rows that are shown and not for all. For the answer to stay the same, each row of
the sub-select gives at least one row of the answer (what may be missing is OPTIONAL), and the order of the
answer begins with that of the sub-select, which leaves no two of its rows in either order.
A sub-select that only tells how far to look may be marked too, if any of its rows tell far enough.
"""

from diplograph.queries.book import QueryBook
from diplograph.queries.canned import CannedQuery
from diplograph.queries.parameters import Option, Parameter

__all__ = ["CannedQuery", "Option", "Parameter", "QueryBook"]

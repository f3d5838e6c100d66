"""Canned queries: a header that says what is asked, typed parameters, and a text that runs anywhere.

Every parameter `p` has at least one clause `VALUES ?p { … }` in the text. Binding replaces what stands
between its braces with terms in their own serialisation, so no text of a caller ever becomes SPARQL.
An optional parameter that is left out takes its clause with it.
"""

from diplograph.queries.book import QueryBook
from diplograph.queries.canned import CannedQuery
from diplograph.queries.parameters import Option, Parameter

__all__ = ["CannedQuery", "Option", "Parameter", "QueryBook"]

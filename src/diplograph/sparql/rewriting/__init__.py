"""Query rewriting: triples of one group joined as sub-selects, and ordered queries read for slices.

Oxigraph evaluates a basic graph pattern by looking each triple up for every row found so far. Where two
sides meet in a value that many things share, a state say, that multiplies. Sub-selects are joined by hash.
"""

"""SPARQL as text: tokens, grammar, refusals, patterns, results and the rewriting of queries; no engine."""

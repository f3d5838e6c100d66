"""Reference entities: makes data/reference.ttl and ontology/currencies.ttl from packages and tables of ours.

`python -m reference` needs the dependency group `reference`. What no package tells, or tells for one side,
stands in the tables beside this file: neutral labels, former states and their years, organisations, codes.
"""

"""Engines: SPARQL answered behind one small protocol."""

"""Exports: the graph in the formats of network tools, calendars, lists of sanctions and Wikidata."""

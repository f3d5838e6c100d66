"""Workbench: articles read in a browser of one's own machine, what they say put into forms and accepted."""

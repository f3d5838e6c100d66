"""Taking in a change: checked in context, built, written to the journal, then to the files, then served."""

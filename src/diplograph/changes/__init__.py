"""Changes: the write path, from a request to files on disk."""

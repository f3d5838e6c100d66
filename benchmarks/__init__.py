"""Benchmarks: generated graphs of the shape of ours, and this service beside its peers on the same data."""

"""What a change can touch: a footprint for each shape, so that nothing else is judged anew."""

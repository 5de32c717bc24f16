"""Moving in from another platform: a file is read, staged, reported on, and taken as a whole."""

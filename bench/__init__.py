"""Measurements, one file an area: `make bench`."""

"""Ways out: one module each."""

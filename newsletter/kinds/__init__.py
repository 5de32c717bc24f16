"""Kinds of source: one small module each, and the table that names them."""

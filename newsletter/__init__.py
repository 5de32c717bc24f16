"""A daily newsletter engine: collect, draft, review, send. Start reading at daily.py."""

__version__ = "0.1.0"

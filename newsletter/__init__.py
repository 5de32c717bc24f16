"""A daily newsletter engine: collect, draft, review, send. Start reading at daily.py."""

__version__ = "0.1.0"

CONFIG_FILE = "newsletter.yaml"
"""The configuration that is read where none is named."""

PRODUCT = "straight-into-your-inbox"
"""What this program calls itself to servers (the product of its User-Agent)."""

"""The web edge: addresses, views and forms."""

"""Who may be mailed, and how we know."""

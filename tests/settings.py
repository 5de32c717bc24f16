"""Django's settings for the tests: defaults, whatever newsletter.yaml a developer keeps here."""

import os
import tempfile
from pathlib import Path

os.environ["NEWSLETTER_STATE"] = tempfile.mkdtemp(prefix="newsletter-tests-")
_empty = Path(os.environ["NEWSLETTER_STATE"]) / "newsletter.yaml"
_empty.write_text("{}\n")
os.environ["NEWSLETTER_CONFIG"] = str(_empty)

from newsletter.settings import *  # noqa: E402, F403

"""Django's settings for the tests: defaults, whatever newsletter.yaml a developer keeps here."""

import os
import tempfile

os.environ["NEWSLETTER_CONFIG"] = os.path.join(tempfile.gettempdir(), "no-such-newsletter.yaml")  # noqa: PTH118

from newsletter.settings import *  # noqa: F403

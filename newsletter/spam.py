"""Asks SpamAssassin, where it is installed, what it thinks of a finished message.

It runs offline (`-L`): no name of ours, no link and no reader is looked up anywhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from email import policy
from email.parser import BytesHeaderParser

from newsletter.core.proof import SpamRating

PROGRAM = "spamassassin"
_OPTIONS = ("--local", "--nocreate-prefs", "--cf=use_bayes 0", "--cf=bayes_auto_learn 0")
"""Offline, and by the rules alone: what this machine learnt of its own mail is no receiver's."""

_SECONDS = 60
_STATUS = re.compile(r"score=(-?\d+(?:\.\d+)?)")
_RULES = re.compile(r"tests=([\w,\s]*?)(?:\s+\w+=|\s*$)")
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
_SAY_NOTHING = frozenset(("", "none"))


def rated(message: bytes) -> SpamRating:
    """The message's points by SpamAssassin's rules, or why there are none. It takes seconds.

    `message` is what would leave, for a reader who does not exist.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        return SpamRating(None, note="SpamAssassin is not installed")
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, and nothing of the message in it
            [program, *_OPTIONS],
            input=message,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
        )
    except subprocess.TimeoutExpired:
        return SpamRating(None, note=f"SpamAssassin gave no answer within {_SECONDS} s")
    except OSError as error:
        return SpamRating(None, note=f"SpamAssassin could not be started: {error.strerror}")
    return _rating(done.stdout)


def _rating(answer: bytes) -> SpamRating:
    """What it wrote above the message."""
    head = BytesHeaderParser(policy=policy.compat32).parsebytes(answer)
    status = " ".join(str(head.get("X-Spam-Status", "")).split())
    found = _STATUS.search(status)
    if found is None:
        return SpamRating(None, note="SpamAssassin gave no answer that can be read")
    rules = _RULES.search(status)
    names = re.split(r"[,\s]+", rules[1]) if rules else []
    return SpamRating(float(found[1]), tuple(one for one in names if one not in _SAY_NOTHING))

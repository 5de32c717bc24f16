"""`python -m bench [AREA …]`: every area, or those named."""

from __future__ import annotations

import importlib
import sys

AREAS = ("collect", "rank", "render", "subscribers")


def main(names: list[str]) -> int:
    """Run the areas one after another; returns the exit code."""
    unknown = sorted(set(names) - set(AREAS))
    if unknown:
        print(f"there is no area {unknown[0]!r}; there are {', '.join(AREAS)}")
        return 2
    for name in names or AREAS:
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

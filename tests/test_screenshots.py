"""The pictures of a page show what the page itself holds, whatever an operator's template does."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from newsletter.screenshots import BROWSERS, take_pictures

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, BROWSERS)), reason="no Chromium on this machine"
)

SCRIPTED = (255, 0, 0)
LOCAL = (255, 0, 255)
DRAWN = (0, 0, 255)


def test_in_a_picture_no_script_has_run_and_no_file_of_the_machine_is_shown(
    tmp_path: Path,
) -> None:
    private = tmp_path / "private.html"
    private.write_text('<body style="background:#ff00ff">')
    magenta = tmp_path / "private.png"
    Image.new("RGB", (40, 40), LOCAL).save(magenta)
    page = (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="refresh" content="0;url={private.as_uri()}"></head>'
        '<body style="margin:0"><p style="margin:0;height:40px;background:#00f">x</p>'
        f'<iframe src="{private.as_uri()}"></iframe><img src="{magenta.as_uri()}">'
        '<script>document.body.style.background = "#f00";'
        'document.body.style.height = "2000px"</script></body></html>'
    )
    for file in take_pictures(page, tmp_path / "pictures", "edition"):
        if "light" in file.name:
            with Image.open(file) as picture:
                seen = {pixel for _, pixel in picture.convert("RGB").getcolors(1 << 24) or ()}
                assert DRAWN in seen
                assert not {SCRIPTED, LOCAL} & seen
                assert picture.height <= 1800  # a window at two pixels a point

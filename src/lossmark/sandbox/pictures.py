"""Decode students' pictures in a process that may die, and return plain copies.

A picture that a browser shows as it is, and that is small, comes back as it was; of all others, a smaller copy does.
"""

from __future__ import annotations

import base64
import io
from typing import Any

MEMORY_BYTES = 2**29
CPU_S = 6
"""Processor time of each process, in seconds; a photograph of 12 million pixels takes less than one."""
MAX_PIXELS = 2**26
MAX_SIZE = 1600, 6400
"""Width and height of the shown picture, in pixels; pages of handwriting are taller than they are wide."""
MAX_BYTES = 700_000
"""Of the shown picture; in base64, it fits into a message of the wire format."""
_KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM")
"""Formats that are decoded, by Pillow's names; it knows others, which are rare and seldom looked after."""
_SHOWN = {"PNG": "image/png", "JPEG": "image/jpeg"}


def fit(encoded: str) -> tuple[str, str] | None:
    """Make a picture fit to be shown.

    Parameters
    ----------
    encoded : str
        The file, in base64.

    Returns
    -------
    tuple of str or None
        Its kind, and the file in base64; None if it cannot be decoded.
    """
    from PIL import Image, ImageOps  # not where nobody has attached a picture

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # of twice as many, Pillow raises an exception
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
        with Image.open(io.BytesIO(data), formats=_KINDS) as opened:
            kind, size = opened.format, opened.size
            opened.draft("RGB", MAX_SIZE)
            opened.load()
            is_plain = kind in _SHOWN and len(data) <= MAX_BYTES and all(map(int.__le__, size, MAX_SIZE))
            if is_plain:
                return _SHOWN[str(kind)], base64.b64encode(data).decode()
            picture: Any = opened
            picture = ImageOps.exif_transpose(picture)
            if picture.mode not in ("1", "L", "RGB"):
                picture = picture.convert("RGBA")
            picture.thumbnail(MAX_SIZE)
            return _written(picture, "JPEG" if kind in ("JPEG", "MPO") else "PNG")
    except Exception:  # a damaged file may raise anything in the decoder
        return None


def _written(picture: Any, kind: str) -> tuple[str, str]:
    """Encode a copy: without loss only if it is not too large then, and smaller until it is not."""
    from PIL import Image

    file = io.BytesIO()
    if kind == "PNG":
        picture.save(file, "PNG")
    if kind == "JPEG" or file.tell() > MAX_BYTES:
        if picture.mode == "RGBA":
            paper = Image.new("RGBA", picture.size, "white")
            paper.alpha_composite(picture)
            picture = paper
        kind, picture = "JPEG", picture.convert("RGB")
        while True:
            file = io.BytesIO()
            picture.save(file, "JPEG", quality=85)
            if file.tell() <= MAX_BYTES:
                break
            picture.thumbnail((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))
    return _SHOWN[kind], base64.b64encode(file.getvalue()).decode()

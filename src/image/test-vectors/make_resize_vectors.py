"""Writes resize.json: small random pictures scaled by Pillow, to compare with (any Pillow gives the same numbers:
the sizes stay clear of those where Pillow 13 turned the order of the passes round). Needs Pillow only:
python make_resize_vectors.py"""

import base64
import json
import random
from pathlib import Path

from PIL import Image

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "box": Image.Resampling.BOX}
SIZES = [
    # from width, height, to width, height
    (1, 1, 8, 8),
    (7, 5, 8, 8),
    (8, 8, 8, 8),
    (33, 21, 8, 8),
    (60, 3, 8, 8),
    (5, 5, 13, 17),
    (20, 26, 8, 8),
    (41, 33, 6, 19),
    (30, 20, 12, 12),
]


def noise(generator: random.Random, width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), generator.randbytes(width * height * 3))


def stripes(_: random.Random, width: int, height: int) -> Image.Image:
    """Black and white columns and rows: sums reach both ends of the scale."""
    data = bytes(255 * ((x // 3 + y // 2 + c) % 2) for y in range(height) for x in range(width) for c in range(3))
    return Image.frombytes("RGB", (width, height), data)


def main() -> None:
    generator = random.Random(7)
    cases = []
    for name, resample in FILTERS.items():
        for width, height, to_width, to_height in SIZES:
            for draw in (noise, stripes):
                picture = draw(generator, width, height)
                scaled = picture.resize((to_width, to_height), resample)
                cases.append(
                    {
                        "filter": name,
                        "from": [width, height],
                        "to": [to_width, to_height],
                        "pixels": base64.b64encode(picture.tobytes()).decode(),
                        "scaled": base64.b64encode(scaled.tobytes()).decode(),
                    }
                )
    Path(__file__).with_name("resize.json").write_text(json.dumps(cases, indent=2) + "\n")


main()

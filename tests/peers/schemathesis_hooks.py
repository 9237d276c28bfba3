"""What schemathesis sends where the document says "a picture": pictures, out of the folder PAWPRINT_PICTURES.

Random bytes are refused before anything is predicted; these are answered, so that answers are held to their schema too.
"""

import os
import pathlib

import schemathesis
from hypothesis import strategies

folder = pathlib.Path(os.environ["PAWPRINT_PICTURES"])
picture = strategies.sampled_from([path.read_bytes() for path in sorted(folder.iterdir())])

for media_type in (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/avif",
    "image/tiff",
    "image/bmp",
    "application/octet-stream",
):
    schemathesis.openapi.media_type(media_type, picture)
schemathesis.openapi.format("binary", picture)

"""Pillow's side of bench/decode.ts. Reads lines of JSON from stdin, answers each with one line on stdout:
{"paths": [...], "size": 64, "draft": false, "order": "..."} -> {"cpu_ms": ..., "wall_ms": ..., "checksum": ...}.
Photos are read into memory first; only decoding and scaling is timed."""

import io
import json
import sys
import time
from base64 import b64encode

import PIL
from PIL import Image, features


def record(data: bytes, size: int, draft: bool) -> bytes:
    picture = Image.open(io.BytesIO(data))
    if draft:
        picture.draft("RGB", (size, size))
    return picture.convert("RGB").resize((size, size), Image.Resampling.BILINEAR).tobytes()


def main() -> None:
    photos: dict[str, bytes] = {}
    version = {"version": PIL.__version__, "libjpeg_turbo": features.version("libjpeg_turbo")}
    print(json.dumps(version), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        files = []
        for path in request["paths"]:
            if path not in photos:
                with open(path, "rb") as file:
                    photos[path] = file.read()
            files.append(photos[path])
        size, draft = request["size"], request["draft"]
        cpu, wall = time.process_time(), time.perf_counter()
        last = b""
        for data in files:
            last = record(data, size, draft)
        answer = {
            "cpu_ms": (time.process_time() - cpu) * 1000,
            "wall_ms": (time.perf_counter() - wall) * 1000,
            "last": b64encode(last).decode(),
        }
        print(json.dumps(answer), flush=True)


main()

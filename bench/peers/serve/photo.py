"""From an uploaded file to the model's input, as both Python services do it: Pillow and numpy, Pawprint's settings."""

import io

import numpy as np
from PIL import Image, ImageOps


class Preprocessor:
    """`settings` are those in a Pawprint model file. `draft`: let libjpeg decode at a fraction of the size."""

    def __init__(self, settings: dict, draft: bool = False) -> None:
        self.size = settings["imageSizePx"]
        self.crop = settings["fit"] == "crop"
        self.filter = Image.Resampling.BILINEAR if settings["filter"] == "bilinear" else Image.Resampling.BOX
        self.mean = np.array(settings["mean"], np.float32)
        self.std = np.array(settings["std"], np.float32)
        self.draft = draft

    def __call__(self, data: bytes) -> np.ndarray:
        """float32 [1, 3, S, S]. Raises UnidentifiedImageError or OSError for what is no picture."""
        picture = Image.open(io.BytesIO(data))
        if self.draft:
            picture.draft("RGB", (self.size, self.size))
        picture = ImageOps.exif_transpose(picture).convert("RGB")
        box = None
        if self.crop:
            side = min(picture.size)
            left, top = (picture.width - side) // 2, (picture.height - side) // 2
            box = (left, top, left + side, top + side)
        pixels = np.asarray(picture.resize((self.size, self.size), self.filter, box), np.float32)
        return np.ascontiguousarray(((pixels - self.mean) / self.std).transpose(2, 0, 1)[None])


def answer(logits: np.ndarray, names: list[str], temperature: float) -> dict:
    """Label, confidence and probabilities of one photo's logits: one for two classes, else one a class."""
    scaled = logits.astype(np.float64) / temperature
    if len(scaled) == 1:
        second = 1 / (1 + np.exp(-scaled[0]))
        shares = np.array([1 - second, second])
    else:
        shares = np.exp(scaled - scaled.max())
        shares /= shares.sum()
    best = int(shares.argmax())
    probabilities = {name: float(share) for name, share in zip(names, shares)}
    return {"label": names[best], "confidence": float(shares[best]), "probabilities": probabilities}

"""Turns a Pawprint CNN (argument 1, ONNX) into what service_torch.py loads (argument 2): same weights, same metadata."""

import json
import sys

import onnx
import torch
from onnx import numpy_helper

model = onnx.load(sys.argv[1])
metadata = next(json.loads(entry.value) for entry in model.metadata_props if entry.key == "pawprint")
values = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in model.graph.initializer}
weights = {}
for part in ("weight", "bias"):
    for block in range(4):
        weights[f"blocks.{block}.0.{part}"] = values[f"block{block + 1}/conv/{part}"]
    for layer in ("hidden", "output"):
        weights[f"{layer}.{part}"] = values[f"{layer}/{part}"]
kept = {key: metadata[key] for key in ("preprocessing", "classNames", "temperature")}
torch.save({"weights": weights, "metadata": kept}, sys.argv[2])

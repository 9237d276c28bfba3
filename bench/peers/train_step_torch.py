"""PyTorch's side of bench/train-step.ts: the same network, batch and optimiser; runs as many steps as asked."""
import json
import os
import resource
import sys
import time

import torch
from torch import nn

layout, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(0)


def block(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.MaxPool2d(2), nn.ReLU()]


model = nn.Sequential(
    *block(3, 32), *block(32, 64), *block(64, 128), *block(128, 256),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 1),
)
x = torch.rand(32, 3, 64, 64)
y = (torch.arange(32) % 2).float().unsqueeze(1)
if layout == "channels_last":
    model = model.to(memory_format=torch.channels_last)
    x = x.to(memory_format=torch.channels_last)
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
loss = nn.BCEWithLogitsLoss()


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


for line in sys.stdin:
    count = int(line)
    started, used = time.perf_counter(), cpu()
    for _ in range(count):
        optimiser.zero_grad(set_to_none=True)
        loss(model(x), y).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    print(json.dumps({"cpu": (cpu() - used) * 1000 / count, "wall": (time.perf_counter() - started) * 1000 / count}), flush=True)

"""The baseline CNN of src/models/cnn.ts as it is served: batch norm folded into the convolutions."""

import torch
from torch import nn


class Cnn(nn.Module):
    def __init__(self, channels: tuple[int, ...] = (32, 64, 128, 256), hidden: int = 128, outputs: int = 1) -> None:
        super().__init__()
        inputs = (3, *channels[:-1])
        self.blocks = nn.Sequential(
            *(
                nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.MaxPool2d(2), nn.ReLU())
                for before, after in zip(inputs, channels)
            )
        )
        self.hidden = nn.Linear(channels[-1], hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """[N, 3, S, S] -> logits [N, outputs]."""
        pooled = self.blocks(image).mean((2, 3))
        return self.output(torch.relu(self.hidden(pooled)))

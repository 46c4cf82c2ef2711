"""Normalisations as Covey's core computes them, for `covey.torch`."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class BatchNorm(nn.Module):
    """With the stored statistics, also while training, as the core does."""

    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size))
        self.running_mean: Tensor
        self.running_var: Tensor
        self.register_buffer("running_mean", torch.zeros(size))
        self.register_buffer("running_var", torch.ones(size))
        self.epsilon = epsilon

    def forward(self, value: Tensor) -> Tensor:
        return F.batch_norm(value, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.epsilon)


class L2Norm(nn.Module):
    """Rows of length 1."""

    def forward(self, value: Tensor) -> Tensor:
        return F.normalize(value, dim=-1)


class RmsNorm(nn.Module):
    """Over the last dimension, without a mean."""

    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, value: Tensor) -> Tensor:
        return value * torch.rsqrt(value.square().mean(-1, keepdim=True) + self.epsilon) * self.weight

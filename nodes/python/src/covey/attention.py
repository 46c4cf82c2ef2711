"""Self-attention and the pooling of whole texts as Covey's core computes it, for `covey.torch`."""

from __future__ import annotations

import math
from typing import Any, Mapping, Optional

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .norms import RmsNorm

_ROTARY_BASE = 10_000.0


class Attention(nn.Module):
    """Names are those of `nn.MultiheadAttention`, and for the norms of heads those of Qwen3."""

    seen: Optional[Tensor] = None
    """Which tokens of a batch are no padding, bool [batch, tokens]; `Network` sets it."""

    def __init__(self, layer: Mapping[str, Any]) -> None:
        super().__init__()
        width: int = layer["width"]
        self.layer = layer
        self.heads: int = layer["heads"]
        self.kv_heads: int = layer.get("kvHeads", self.heads)
        self.size: int = layer.get("headSize", width // self.heads)
        biased: bool = layer.get("bias", True)
        rows = (self.heads + 2 * self.kv_heads) * self.size
        self.in_proj_weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(rows, width)))
        if biased:
            self.in_proj_bias = nn.Parameter(torch.zeros(rows))
        if "qkNorm" in layer:
            self.q_norm: nn.Module = RmsNorm(self.size, layer["qkNorm"])
            self.k_norm: nn.Module = RmsNorm(self.size, layer["qkNorm"])
        self.out_proj = nn.Linear(self.heads * self.size, width, layer.get("outBias", biased))

    def forward(self, value: Tensor) -> Tensor:
        """Sequences [batch, tokens, width] to the same shape."""
        projected = F.linear(value, self.in_proj_weight, getattr(self, "in_proj_bias", None))
        counts = [self.heads, self.kv_heads, self.kv_heads]
        parts = projected.split([count * self.size for count in counts], dim=-1)
        query, key, mixed = (
            part.unflatten(-1, (count, self.size)).transpose(1, 2) for part, count in zip(parts, counts)
        )
        if "qkNorm" in self.layer:
            query, key = self.q_norm(query), self.k_norm(key)
        if self.layer.get("rotary", False):
            query, key = _rotate(query, self.layer), _rotate(key, self.layer)
        sharing = self.heads // self.kv_heads
        key, mixed = (part.repeat_interleave(sharing, dim=1) for part in (key, mixed))
        if self.layer.get("causal", True):
            mixed = F.scaled_dot_product_attention(query, key, mixed, is_causal=True)
        else:
            mixed = F.scaled_dot_product_attention(query, key, mixed, attn_mask=self._mask(value))
        out: Tensor = self.out_proj(mixed.transpose(1, 2).flatten(2))
        return out


    def _mask(self, value: Tensor) -> Tensor:
        """Added to scores, [batch, 1, 1, tokens]; finite, so that a text of padding alone is no NaN."""
        if self.seen is None:
            return value.new_zeros(1)
        return torch.where(self.seen, 0.0, -1e30).to(value.dtype)[:, None, None, :]


class Pooling(nn.Module):
    """One row of a text's rows: the first, or the mean of those that are no padding."""

    seen: Optional[Tensor] = None

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def forward(self, value: Tensor) -> Tensor:
        if self.mode == "cls":
            return value[:, 0]
        if self.seen is None:
            return value.mean(1)
        weight = self.seen.to(value.dtype)[..., None]
        return (value * weight).sum(1) / weight.sum(1).clamp(min=1)


def _rotate(value: Tensor, layer: Mapping[str, Any]) -> Tensor:
    """Turns the pair (x_j, x_{j+h/2}) by position · speed of the pair."""
    tokens, size = value.shape[-2:]
    half = size // 2
    base = math.log(layer.get("rotaryBase", _ROTARY_BASE))
    speeds = (torch.arange(half, dtype=torch.float64) * (-base / half)).exp()
    slow = speeds / layer.get("rotaryFactor", 1)
    if "rotaryLength" in layer:
        least, most = layer["rotaryLow"], layer["rotaryHigh"]
        turns = layer["rotaryLength"] * speeds / (2 * math.pi)
        part = ((turns - least) / (most - least)).clamp(0, 1)
        speeds = (1 - part) * slow + part * speeds
    else:
        speeds = slow
    angles = torch.arange(tokens, dtype=torch.float64)[:, None] * speeds
    cos, sin = (table.to(value.device, value.dtype) for table in (angles.cos(), angles.sin()))
    low, high = value[..., :half], value[..., half:]
    return torch.cat([low * cos - high * sin, high * cos + low * sin], dim=-1)

"""Samples as `covey data` writes them, and as the core sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union

import numpy as np

from . import safetensors
from .errors import CoveyError


@dataclass(frozen=True)
class Dataset:
    """Samples with labels, with targets, or of tokens, which have neither."""

    inputs: "np.ndarray"
    """[count, features] uint8, float32 or int32; of tokens [count, tokens], the last of each sample only a target."""
    labels: Optional["np.ndarray"] = None
    targets: Optional["np.ndarray"] = None

    def __len__(self) -> int:
        return len(self.inputs)


def load_dataset(source: Union[safetensors.PathLike, bytes]) -> Dataset:
    """Reads a dataset of Covey: `inputs` with `labels` or `targets`, or `tokens`."""
    tensors = safetensors.load(source)
    names = set(tensors)
    if names == {"tokens"}:
        return Dataset(tensors["tokens"])
    for what in ("labels", "targets"):
        if names == {"inputs", what} and len(tensors["inputs"]) == len(tensors[what]):
            return Dataset(tensors["inputs"], tensors.get("labels"), tensors.get("targets"))
    raise CoveyError("NOT_A_DATASET", "the file is no dataset of Covey", "inputs with labels or targets, or tokens", ", ".join(sorted(names)))


def save_dataset(path: safetensors.PathLike, data: Dataset) -> None:
    """Writes samples so that `covey data split`, `covey task` and `covey train --data` read them."""
    if data.labels is not None:
        safetensors.save(path, {"inputs": data.inputs, "labels": data.labels})
    elif data.targets is not None:
        safetensors.save(path, {"inputs": data.inputs, "targets": data.targets})
    else:
        safetensors.save(path, {"tokens": data.inputs})


def features(values: "np.ndarray") -> "np.ndarray":
    """Inputs or targets as the core sees them: bytes times f32(1/255), others as the nearest float32."""
    if values.dtype == np.uint8:
        return values.astype(np.float32) * np.float32(1 / 255)
    return values.astype(np.float32)

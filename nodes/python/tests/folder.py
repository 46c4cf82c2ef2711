"""A task's folder as `covey task export` writes it, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

import numpy as np

from covey import safetensors

SHAPES = {"layers.0.weight": (3, 2), "layers.0.bias": (3,), "layers.2.weight": (2, 3), "layers.2.bias": (2,)}
LAYERS = [
    {"type": "dense", "inputs": 2, "outputs": 3},
    {"type": "relu"},
    {"type": "dense", "inputs": 3, "outputs": 2},
]


def weights(start: float = 0.0) -> Dict[str, "np.ndarray"]:
    made, at = {}, start
    for name, shape in SHAPES.items():
        size = int(np.prod(shape))
        made[name] = np.arange(at, at + size, dtype=np.float32).reshape(shape)
        at += size
    return made


def write(folder: Path, **changes: Any) -> Path:
    said = {
        "schema": "covey.train/1",
        "task": "7",
        "round": 2,
        "name": "Quarters",
        "description": "",
        "mode": "federated",
        "architecture": {"layers": LAYERS, "input": "f32"},
        "tensors": [{"name": name, "shape": list(shape)} for name, shape in SHAPES.items()],
        "loss": "cross-entropy",
        "metric": "accuracy",
        "training": {"epochs": 2, "batchSize": 4, "learningRate": 0.1, "momentum": 0.9},
        "seed": 3,
        "seconds": None,
        "baseCid": "bafybase",
        "base": "base.safetensors",
        "data": None,
        "dataDescription": None,
        "model": "model.safetensors",
        "update": "update.safetensors",
        **changes,
    }
    (folder / "task.json").write_text(json.dumps(said), encoding="utf-8")
    safetensors.save(folder / "base.safetensors", weights())
    return folder

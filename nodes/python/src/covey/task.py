"""A task as `covey train --command` and `covey task export` write it down."""

from __future__ import annotations

import json
import math
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Sequence, Union

import numpy as np

from . import safetensors
from .command import options_of, run_covey
from .data import Dataset, load_dataset
from .errors import CoveyError
from .names import Shape, arrange, in_order

SCHEMA = "covey.train/1"

Weights = Union[Mapping[str, "np.ndarray"], Sequence["np.ndarray"]]


@dataclass(frozen=True)
class Training:
    """What the creator suggests to whoever trains."""

    epochs: int
    batch_size: int
    learning_rate: float
    momentum: float
    optimizer: str = "sgd"


@dataclass(frozen=True)
class Task:
    """A task in its folder: what to train, what to start from, where to leave it."""

    folder: Path
    id: int
    round: Optional[int]
    name: str
    description: str
    mode: str
    """`arena`: whole models compete; `federated`: updates are aggregated."""
    architecture: Dict[str, Any]
    tensors: Dict[str, Shape]
    """Shapes by name, in the order of the layers."""
    loss: str
    metric: str
    training: Training
    seed: int
    base_cid: str
    data: Optional[Path]
    """Of the data that the node was given; None where it named none."""
    data_description: Optional[Dict[str, Any]]
    """How the task's samples were made from raw values (covey.data/1), where its creator says so."""
    seconds: Optional[float]
    _files: Dict[str, Optional[str]] = field(repr=False)
    _read_at: float = field(repr=False)

    @property
    def seconds_left(self) -> float:
        """Until the command is ended; infinite where nothing ends it."""
        return math.inf if self.seconds is None else self.seconds - (time.monotonic() - self._read_at)

    def base(self) -> Dict[str, "np.ndarray"]:
        """The weights to start from, float32, in the order of the layers."""
        return arrange(self.tensors, safetensors.load(self.folder / str(self._files["base"])))

    def load_data(self) -> Dataset:
        """The node's samples, where its data are a dataset of Covey."""
        if self.data is None:
            raise CoveyError("NO_DATA", "the task folder names no data", "--data FILE of covey train or covey task export")
        return load_dataset(self.data)

    def arranged(self, weights: Weights) -> Dict[str, "np.ndarray"]:
        """Weights under the task's names and in its order: a dictionary by names, or a list in the task's order."""
        if isinstance(weights, Mapping):
            return arrange(self.tensors, weights)
        return in_order(self.tensors, weights)

    def save_model(self, weights: Weights) -> Path:
        """Writes a whole model where the node looks for it."""
        return safetensors.save(self.folder / str(self._files["model"]), self.arranged(weights))

    def save_update(self, update: Weights) -> Path:
        """Writes a federated update: what is to be added to the base."""
        name = self._files["update"]
        if name is None:
            raise CoveyError("NOT_FEDERATED", "an arena takes whole models", "save_model")
        return safetensors.save(self.folder / name, self.arranged(update))

    def submit(self, **options: object) -> Dict[str, Any]:
        """Runs `covey submit` on what was saved, with options such as `wait=True` or `key_file="node.key"`."""
        for holds in ("update", "model"):
            name = self._files[holds]
            if name is not None and (self.folder / name).exists():
                path = str(self.folder / name)
                return run_covey(["submit", "--task", str(self.id), f"--{holds}", path, *options_of(options)])
        raise CoveyError("NOTHING_SAVED", "there is nothing to submit", "save_model or save_update before")


def read_task(folder: Optional[safetensors.PathLike] = None) -> Task:
    """Reads a task's folder; without one that which `covey train --command` names in COVEY_TASK."""
    named = os.environ.get("COVEY_TASK") if folder is None else folder
    if named is None:
        raise CoveyError("NO_TASK", "no folder of a task is named", "a folder, or COVEY_TASK as covey train --command sets it")
    path = Path(named)
    try:
        said = json.loads((path / "task.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as cause:
        raise CoveyError("NO_TASK", f"{path} is no folder of a task", "task.json, as covey task export writes it") from cause
    if said.get("schema") != SCHEMA:
        raise CoveyError("WRONG_SCHEMA", "the task was written by another version of covey", SCHEMA, str(said.get("schema")))
    training = said["training"]
    return Task(
        folder=path,
        id=int(said["task"]),
        round=said["round"],
        name=said["name"],
        description=said["description"],
        mode=said["mode"],
        architecture=said["architecture"],
        tensors={one["name"]: tuple(one["shape"]) for one in said["tensors"]},
        loss=said["loss"],
        metric=said["metric"],
        training=Training(
            training["epochs"],
            training["batchSize"],
            training["learningRate"],
            training["momentum"],
            training.get("optimizer", "sgd"),
        ),
        seed=said["seed"],
        base_cid=said["baseCid"],
        data=None if said["data"] is None else Path(said["data"]),
        data_description=said["dataDescription"],
        seconds=said["seconds"],
        _files={name: said[name] for name in ("base", "model", "update")},
        _read_at=time.monotonic(),
    )


def fetch_task(task: int, folder: safetensors.PathLike, **options: object) -> Task:
    """Runs `covey task export`, with options such as `data="mine.safetensors"`, and reads what it wrote."""
    run_covey(["task", "export", "--task", str(task), "--out", str(folder), *options_of(options)])
    return read_task(folder)

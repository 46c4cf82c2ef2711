"""Lets a Flower client train for Covey as it is: its `fit` gets the round's weights, what it gives back is submitted.

    covey train --task 1 --command 'python -m covey.flower my_app.client_app:app'

names the same ClientApp as `[tool.flwr.app.components]` does. Flower is imported only where a ClientApp is run: a
NumPyClient needs nothing but its own `fit`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shlex
import sys
import time
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import CoveyError
from .names import rule
from .task import Task, read_task

Config = Mapping[str, Any]


def run(
    client: Any,
    task: Optional[Task] = None,
    *,
    names: Optional[Sequence[str]] = None,
    config: Optional[Config] = None,
    run_config: Optional[Config] = None,
    node_config: Optional[Config] = None,
) -> Dict[str, Any]:
    """Has a NumPyClient or a ClientApp train once on the round's weights, saves the model, and gives its metrics.

    `names`: what the client's module calls its weights (`list(model.state_dict())`), where its order or its names are not
    the task's. `config` is added to what every `fit` is told: round, epochs, batch size and learning rate of the task.
    """
    current = read_task() if task is None else task
    told = {**_suggested(current), **(config or {})}
    order = _order(current, names)
    if hasattr(client, "fit") and not hasattr(client, "numpy_client"):
        arrays, examples, metrics = client.fit(_arrays(current, order), told)
        current.save_model(_named(order, arrays))
        return {"num_examples": examples, **metrics}
    return _run_app(client, current, order, told, run_config, node_config)


Order = List[Tuple[str, Optional[str]]]


def _order(task: Task, names: Optional[Sequence[str]]) -> Order:
    """The client's names in its order, each with the task's; None for torch's counters of batches."""
    if names is None:
        return [(name, name) for name in task.tensors]
    counted = [name for name in names if not name.endswith("num_batches_tracked")]
    if len(counted) != len(task.tensors):
        raise CoveyError("WRONG_TENSORS", "there are too few or too many names", ", ".join(task.tensors), ", ".join(names))
    renamed = rule(list(task.tensors), counted)
    # Names of its own: then its order has to be that of the layers.
    found = dict(zip(counted, task.tensors)) if renamed is None else {theirs: ours for ours, theirs in renamed.items()}
    return [(name, found.get(name)) for name in names]


def _arrays(task: Task, order: Order) -> List["np.ndarray"]:
    base = task.base()
    return [np.zeros((), np.int64) if ours is None else base[ours] for _, ours in order]


def _named(order: Order, arrays: Sequence["np.ndarray"]) -> Dict[str, "np.ndarray"]:
    if len(arrays) != len(order):
        raise CoveyError("WRONG_TENSORS", "the client gave back too few or too many arrays", str(len(order)), str(len(arrays)))
    return {ours: np.asarray(array) for (_, ours), array in zip(order, arrays) if ours is not None}


def _suggested(task: Task) -> Dict[str, Any]:
    training = task.training
    return {
        "server-round": (task.round or 0) + 1,
        "local-epochs": training.epochs,
        "batch-size": training.batch_size,
        "lr": training.learning_rate,
        "momentum": training.momentum,
    }


def _run_app(
    app: Any,
    task: Task,
    order: Order,
    config: Config,
    run_config: Optional[Config],
    node_config: Optional[Config],
) -> Dict[str, Any]:
    """By one message, as a SuperNode would; with its weights under the keys of both of Flower's interfaces."""
    from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, Metadata, RecordDict

    arrays = _arrays(task, order)
    weights = {name: Array(array) for (name, _), array in zip(order, arrays)}
    numbered = {str(i): Array(array) for i, array in enumerate(arrays)}
    content = RecordDict(
        {
            "arrays": ArrayRecord(weights),
            "config": ConfigRecord(dict(config)),
            "fitins.parameters": ArrayRecord(numbered),
            "fitins.config": ConfigRecord(dict(config)),
        }
    )
    data = {} if task.data is None else {"data": str(task.data)}
    context = Context(
        run_id=task.id,
        node_id=1,
        node_config={"partition-id": 0, "num-partitions": 1, **data, **(node_config or {})},
        state=RecordDict(),
        run_config={**config, **(run_config or {})},
    )
    # As a server would send it, which only a process of Flower's own may: so all of it is said here.
    metadata = Metadata(
        run_id=task.id,
        message_id="train",
        src_node_id=0,
        dst_node_id=1,
        reply_to_message_id="",
        group_id=str(task.round or 0),
        created_at=time.time(),
        ttl=86_400.0,
        message_type="train",
    )
    message = Message(content=content, metadata=metadata)  # type: ignore[call-overload]
    reply = app(message, context)
    if not reply.has_content():
        raise CoveyError("CLIENT_FAILED", "the client answered with an error", got=str(reply.error.reason))
    (record, *others) = list(reply.content.array_records.values()) or [None]
    if record is None or others:
        raise CoveyError("CLIENT_FAILED", "the client answered without its weights", "one record of arrays")
    answered = {key: array.numpy() for key, array in record.items()}
    by_name = set(answered) == {name for name, _ in order}
    back = [answered[name] for name, _ in order] if by_name else list(answered.values())
    task.save_model(_named(order, back))
    return {key: value for found in reply.content.metric_records.values() for key, value in found.items()}


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """`python -m covey.flower MODULE:ATTRIBUTE`."""
    parser = argparse.ArgumentParser(prog="python -m covey.flower", description=__doc__)
    parser.add_argument("app", help="ClientApp or NumPyClient, as MODULE:ATTRIBUTE")
    parser.add_argument("--names", help="what lists the names of the client's weights, as MODULE:ATTRIBUTE")
    parser.add_argument("--node-config", default="", help="as of flower-supernode: 'partition-id=0 num-partitions=3'")
    parser.add_argument("--run-config", default="", help="as of flwr run: 'local-epochs=2 lr=0.05'")
    chosen = parser.parse_args(arguments)
    sys.path.insert(0, os.getcwd())
    names = None if chosen.names is None else list(_imported(chosen.names))
    node, settings = _config(chosen.node_config), _config(chosen.run_config)
    metrics = run(_imported(chosen.app), names=names, node_config=node, run_config=settings)
    print(", ".join(f"{key} {value}" for key, value in metrics.items()) or "trained")


def _config(text: str) -> Dict[str, Any]:
    """Pairs `key=value`; what is a number or true or false in JSON is one, everything else a text."""
    config: Dict[str, Any] = {}
    for pair in shlex.split(text):
        key, _, value = pair.partition("=")
        try:
            config[key] = json.loads(value)
        except json.JSONDecodeError:
            config[key] = value
    return config


def _imported(path: str) -> Any:
    name, _, attribute = path.partition(":")
    if not attribute:
        raise CoveyError("NO_APP", f"{path} names no app", "MODULE:ATTRIBUTE, such as client_app:app")
    return getattr(importlib.import_module(name), attribute)


if __name__ == "__main__":
    main()

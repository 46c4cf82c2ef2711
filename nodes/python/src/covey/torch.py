"""A task's network as a `torch.nn.Module` with the task's own names, and how to train, load and save any module.

PyTorch is imported when this module is; the rest of the package does not need it.
"""

from __future__ import annotations

import random
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Union

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import safetensors
from .attention import Attention, Pooling
from .data import Dataset, features
from .errors import CoveyError
from .names import as_float32, match
from .norms import BatchNorm, L2Norm, RmsNorm
from .safetensors import PathLike
from .task import Task

Layer = Mapping[str, Any]

_EPSILON = 1e-5


def module(task: Union[Task, Mapping[str, Any]]) -> "Network":
    """The task's network (or that of an architecture), its weights as torch initialises them.

    Logits are those of Covey's core but for the rounding of sums.
    """
    architecture = task.architecture if isinstance(task, Task) else task
    return Network(architecture["layers"])


def load_base(network: nn.Module, task: Task) -> nn.Module:
    """Gives any module the weights that the round starts from, by the task's names or its own with one prefix."""
    names = match(task.tensors, {name: tuple(value.shape) for name, value in network.state_dict().items()})
    state = {names[name]: torch.from_numpy(array) for name, array in task.base().items()}
    # torch's counters of batches stay as they are.
    network.load_state_dict(state, strict=False)
    return network


def load_model(path: PathLike, architecture: Mapping[str, Any]) -> "Network":
    """The network of an architecture with the weights of a file, ready to predict: of any model that Covey made.

    The architecture stands in the model's provenance document (`covey provenance`), and in its task's document.
    """
    network = module(architecture)
    tensors = safetensors.load(path)
    shapes = {name: tuple(value.shape) for name, value in tensors.items()}
    names = match(shapes, {name: tuple(value.shape) for name, value in network.state_dict().items()})
    state = {names[name]: torch.from_numpy(as_float32(name, array)) for name, array in tensors.items()}
    network.load_state_dict(state, strict=False)
    return network.eval()


def save(network: nn.Module, task: Task) -> None:
    """Leaves a module's weights where the node looks for the model."""
    state = {name: value.detach().to("cpu", torch.float64).numpy() for name, value in network.state_dict().items()}
    task.save_model(state)


def train(
    network: nn.Module,
    task: Task,
    data: Optional[Dataset] = None,
    *,
    epochs: Optional[int] = None,
    device: Optional[str] = None,
    margin: float = 5.0,
    say: Callable[[str], None] = print,
) -> nn.Module:
    """Trains as the task suggests (epochs, batches, SGD with momentum or Adam, its loss) and stops in time.

    `margin`: seconds that are left for saving when the time of the round ends first.
    """
    samples = task.load_data() if data is None else data
    place = device or ("cuda" if torch.cuda.is_available() else "cpu")
    network.to(place).train()
    inputs, targets = _pairs(samples, task)
    inputs, targets = inputs.to(place), targets.to(place)
    settings = task.training
    optimizer = _optimizer(network, task)
    order = random.Random(task.seed)
    for epoch in range(settings.epochs if epochs is None else epochs):
        rows = list(range(len(inputs)))
        order.shuffle(rows)
        total = 0.0
        for at in range(0, len(rows), settings.batch_size):
            if task.seconds_left < margin:
                say(f"the round leaves no more time: stopped in epoch {epoch + 1}")
                return network.eval()
            chosen = torch.tensor(rows[at : at + settings.batch_size], device=place)
            optimizer.zero_grad()
            loss = loss_of(task, network(inputs[chosen]), targets[chosen])
            torch.autograd.backward(loss)
            optimizer.step()
            total += loss.item() * len(chosen)
        say(f"epoch {epoch + 1}: loss {total / len(rows):.4f}")
    return network.eval()


def loss_of(task: Task, outputs: Tensor, targets: Tensor) -> Tensor:
    """The task's loss: cross-entropy in nat, or the mean square over the outputs."""
    if task.loss == "squared-error":
        return F.mse_loss(outputs, targets)
    return F.cross_entropy(outputs.reshape(-1, outputs.shape[-1]), targets.reshape(-1))


def _pairs(data: Dataset, task: Task) -> "tuple[Tensor, Tensor]":
    if task.architecture["input"] == "tokens":
        tokens = torch.from_numpy(data.inputs.astype("int64"))
        if "padding" not in task.architecture["layers"][0]:
            return tokens[:, :-1], tokens[:, 1:]
        inputs = tokens
    else:
        inputs = torch.from_numpy(features(data.inputs))
    if data.labels is not None:
        return inputs, torch.from_numpy(data.labels.astype("int64"))
    if data.targets is not None:
        return inputs, torch.from_numpy(features(data.targets))
    raise CoveyError("NO_TARGETS", "the samples have neither labels nor targets")


def _optimizer(network: nn.Module, task: Task) -> torch.optim.Optimizer:
    settings = task.training
    if settings.optimizer == "adam":
        return torch.optim.Adam(network.parameters(), settings.learning_rate, betas=(settings.momentum, 0.999))
    return torch.optim.SGD(network.parameters(), settings.learning_rate, momentum=settings.momentum)


class Network(nn.Module):
    """The layers of an architecture, one after the other; `state_dict` has the task's names."""

    def __init__(self, layers: List[Layer]) -> None:
        super().__init__()
        self.layers = nn.ModuleList([_layer(layer) for layer in layers])
        self.padding: Optional[int] = layers[0].get("padding")
        for part in self.modules():
            if isinstance(part, _Unembedding):
                # In a tuple, in which torch looks for no modules.
                part.table = (self.layers[0],)  # type: ignore[assignment]

    def forward(self, inputs: Tensor) -> Tensor:
        """Features (bytes are scaled by 1/255) or tokens of a batch to outputs: logits, or numbers."""
        value = inputs
        if value.dtype == torch.uint8 and not isinstance(self.layers[0], nn.Embedding):
            value = value.to(torch.float32) * (1 / 255)
        if self.padding is not None:
            for part in self.modules():
                if isinstance(part, (Attention, Pooling)):
                    part.seen = inputs != self.padding
        for layer in self.layers:
            value = layer(value)
        return value


def _layer(layer: Layer) -> nn.Module:
    kind = layer["type"]
    make = _LAYERS.get(kind)
    if make is None:
        raise CoveyError("UNKNOWN_LAYER", f"this version knows no layer {kind}", ", ".join(_LAYERS))
    return make(layer)


class _Image(nn.Module):
    def __init__(self, channels: int, height: int, width: int) -> None:
        super().__init__()
        self.shape = (channels, height, width)

    def forward(self, value: Tensor) -> Tensor:
        return value.reshape(-1, *self.shape)


class _Positions(nn.Module):
    def __init__(self, length: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(length, width).uniform_(-0.035, 0.035))

    def forward(self, value: Tensor) -> Tensor:
        return value + self.weight


class _Glu(nn.Module):
    """f(a) · b of rows a | b."""

    def __init__(self, activation: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.activation = activation

    def forward(self, value: Tensor) -> Tensor:
        gate, other = value.chunk(2, dim=-1)
        return self.activation(gate) * other


class _Unembedding(nn.Module):
    """x Eᵀ by the embedding's matrix, which `Network` hands it and which stays the embedding's in `state_dict`."""

    table: Tuple[nn.Embedding, ...] = ()

    def forward(self, value: Tensor) -> Tensor:
        (embedding,) = self.table
        return F.linear(value, embedding.weight)


class _Residual(nn.Module):
    """shortcut(x) + layers(x); without a shortcut x itself."""

    def __init__(self, layers: List[Layer], shortcut: Optional[List[Layer]]) -> None:
        super().__init__()
        self.layers = nn.ModuleList([_layer(layer) for layer in layers])
        self.shortcut = nn.ModuleList([_layer(layer) for layer in shortcut or []])

    def forward(self, value: Tensor) -> Tensor:
        inner = value
        for layer in self.layers:
            inner = layer(inner)
        for layer in self.shortcut:
            value = layer(value)
        return value + inner


def _convolution(layer: Layer) -> nn.Module:
    return nn.Conv2d(
        layer["inputs"],
        layer["outputs"],
        tuple(layer["kernel"]),
        stride=tuple(layer.get("stride", (1, 1))),
        padding=tuple(layer.get("padding", (0, 0))),
        groups=layer.get("groups", 1),
        bias=layer.get("bias", True),
    )


def _pool(kind: Callable[..., nn.Module]) -> Callable[[Layer], nn.Module]:
    def make(layer: Layer) -> nn.Module:
        kernel = tuple(layer["kernel"])
        return kind(kernel, tuple(layer.get("stride", kernel)), tuple(layer.get("padding", (0, 0))))

    return make


def _epsilon(layer: Layer) -> float:
    return float(layer.get("epsilon", _EPSILON))


_GATES: Dict[str, Callable[[Tensor], Tensor]] = {
    "silu": F.silu,
    "gelu": F.gelu,
    "gelu-tanh": lambda value: F.gelu(value, approximate="tanh"),
}

_LAYERS: Dict[str, Callable[[Layer], nn.Module]] = {
    "image": lambda layer: _Image(layer["channels"], layer["height"], layer["width"]),
    "dense": lambda layer: nn.Linear(layer["inputs"], layer["outputs"], layer.get("bias", True)),
    "conv2d": _convolution,
    "max-pool2d": _pool(nn.MaxPool2d),
    "avg-pool2d": _pool(nn.AvgPool2d),
    "batch-norm": lambda layer: BatchNorm(layer["features"], _epsilon(layer)),
    "layer-norm": lambda layer: nn.LayerNorm(layer["features"], _epsilon(layer)),
    "rms-norm": lambda layer: RmsNorm(layer["features"], _epsilon(layer)),
    "embedding": lambda layer: nn.Embedding(layer["vocabulary"], layer["width"]),
    "positions": lambda layer: _Positions(layer["length"], layer["width"]),
    "attention": Attention,
    "unembedding": lambda layer: _Unembedding(),
    "pooling": lambda layer: Pooling(layer["mode"]),
    "l2-norm": lambda layer: L2Norm(),
    "relu": lambda layer: nn.ReLU(),
    "gelu": lambda layer: nn.GELU(approximate=layer.get("approximate", "none")),
    "silu": lambda layer: nn.SiLU(),
    "tanh": lambda layer: nn.Tanh(),
    "glu": lambda layer: _Glu(_GATES[layer["activation"]]),
    "softmax": lambda layer: nn.Softmax(dim=-1),
    "flatten": lambda layer: nn.Flatten(),
    "residual": lambda layer: _Residual(layer["layers"], layer.get("shortcut")),
}

"""Which of somebody's tensors are a task's: the rule that `covey submit` follows too."""

from __future__ import annotations

from typing import Collection, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import CoveyError

Shape = Tuple[int, ...]


def match(expected: Mapping[str, Shape], found: Mapping[str, Shape]) -> Dict[str, str]:
    """By the task's names, what the tensors are called.

    Names are the task's, or share one prefix, with or without `layers.`: `0.weight` of a `torch.nn.Sequential`,
    `module.layers.0.weight`. torch's counters of batches are left out, and nothing else.
    """
    theirs = {name: tuple(shape) for name, shape in found.items() if not name.endswith("num_batches_tracked")}
    renamed = rule(list(expected), theirs)
    if renamed is None or len(theirs) != len(expected):
        raise CoveyError("WRONG_TENSORS", "the tensors do not have the task's names", _told(expected), _told(theirs))
    wrong = [name for name, shape in expected.items() if theirs[renamed[name]] != shape]
    if wrong:
        ours, others = ({name: expected[name] for name in wrong}, {renamed[name]: theirs[renamed[name]] for name in wrong})
        raise CoveyError("WRONG_TENSORS", "tensors have other shapes than the task's", _told(ours), _told(others))
    return renamed


def arrange(expected: Mapping[str, Shape], tensors: Mapping[str, "np.ndarray"]) -> Dict[str, "np.ndarray"]:
    """The tensors under the task's names and in its order, as float32."""
    found = {name: np.asarray(array) for name, array in tensors.items()}
    renamed = match(expected, {name: array.shape for name, array in found.items()})
    return {name: as_float32(name, found[renamed[name]]) for name in expected}


def in_order(expected: Mapping[str, Shape], arrays: Sequence["np.ndarray"]) -> Dict[str, "np.ndarray"]:
    """A list of arrays in the task's order, as Flower has them, under the task's names."""
    if len(arrays) != len(expected):
        raise CoveyError("WRONG_TENSORS", "there are too few or too many arrays", str(len(expected)), str(len(arrays)))
    return arrange(expected, dict(zip(expected, arrays)))


def as_float32(name: str, array: "np.ndarray") -> "np.ndarray":
    """The values as float32, all of them finite."""
    if not np.issubdtype(array.dtype, np.floating):
        raise CoveyError("WRONG_TENSORS", f"tensor {name} holds no floats", "float16, float32 or float64", str(array.dtype))
    with np.errstate(over="ignore"):
        values = array.astype("<f4")
    if not np.isfinite(values).all():
        raise CoveyError("NOT_FINITE", f"tensor {name} holds values that float32 has no number for", "finite numbers only")
    return values


def rule(names: Sequence[str], found: Collection[str]) -> Optional[Dict[str, str]]:
    """What the names are called among those that are found; None where one prefix does not explain all of them."""
    if not names:
        return {}
    for cut in (0, len("layers.")):
        stem = names[0][cut:]
        for name in found:
            prefix = name[: len(name) - len(stem)]
            if not name.endswith(stem) or (prefix and not prefix.endswith(".")):
                continue
            renamed = {ours: prefix + ours[cut:] for ours in names}
            if all(theirs in found for theirs in renamed.values()):
                return renamed
    return None


def _told(shapes: Mapping[str, Shape]) -> str:
    return ", ".join(f"{name} {list(shape)}" for name, shape in shapes.items()) or "none"

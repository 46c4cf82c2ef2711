"""Reads cases of networks, weights, inputs and the core's outputs; prints how far torch is from them."""

import json
import sys
from pathlib import Path

import numpy as np
import torch

import covey.torch
from covey import safetensors

worst = 0.0
for path in sorted(Path(sys.argv[1]).glob("*.json")):
    case = json.loads(path.read_text())
    tensors = safetensors.load(path.with_suffix(".safetensors"))
    weights = {name: tensors[f"weights.{name}"] for name in case["names"]}
    model = safetensors.save(path.with_suffix(".model"), weights)
    network = covey.torch.load_model(model, case["architecture"])
    assert list(network.state_dict()) == case["names"], path.name
    inputs = torch.from_numpy(tensors["inputs"].astype("int64" if case["architecture"]["input"] == "tokens" else "float32"))
    with torch.no_grad():
        outputs = network(inputs).numpy()
    expected = tensors["outputs"].reshape(outputs.shape)
    error = float(np.abs(outputs - expected).max() / max(1.0, float(np.abs(expected).max())))
    worst = max(worst, error)
    print(f"{path.stem}: {sum(weight.size for weight in weights.values())} parameters, {error:.1e} from the core's outputs")
print(f"at most {worst:.1e}")
sys.exit(0 if worst < 1e-4 else 1)

# %% [markdown]
# # Handwritten digits, by PyTorch
#
# A convolutional network of the task's own architecture, trained by torch on 8 × 8 images of scikit-learn. Needs torch, and
# scikit-learn for the data.
#
#     python digits.py prepare data
#     covey train --task 1 --data data/node-0.safetensors --command 'python digits.py train'
#
# or, by hand, `python digits.py submit 1 data/node-0.safetensors`.

# %%
import json
import sys
from pathlib import Path

import numpy as np

import covey

NODES = 3

ARCHITECTURE = {
    "input": "u8",
    "layers": [
        {"type": "image", "channels": 1, "height": 8, "width": 8},
        {"type": "conv2d", "inputs": 1, "outputs": 8, "kernel": [3, 3], "padding": [1, 1]},
        {"type": "relu"},
        {"type": "max-pool2d", "kernel": [2, 2]},
        {"type": "flatten"},
        {"type": "dense", "inputs": 128, "outputs": 10},
    ],
}


# %% [markdown]
# ## The data
# Pixels from 0 to 16 become bytes. The first node has far less than the others.

# %%
def prepare(folder: Path) -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.data))
    inputs = np.round(digits.data * (255 / 16)).astype(np.uint8)[order]
    labels = digits.target.astype(np.uint8)[order]
    folder.mkdir(parents=True, exist_ok=True)
    cuts = {"validation": slice(0, 600), "node-0": slice(600, 660), "node-1": slice(660, 1200), "node-2": slice(1200, None)}
    for name, rows in cuts.items():
        covey.save_dataset(folder / f"{name}.safetensors", covey.Dataset(inputs[rows], labels=labels[rows]))
    (folder / "architecture.json").write_text(json.dumps(ARCHITECTURE, indent=2))


# %% [markdown]
# ## Training
# The module has the task's names, starts from the round's weights and stops when the round's time is over.

# %%
def train(task: covey.Task) -> None:
    import covey.torch

    model = covey.torch.module(task)
    covey.torch.load_base(model, task)
    covey.torch.train(model, task, epochs=30)
    covey.torch.save(model, task)


# %%
if __name__ == "__main__":
    if sys.argv[1:2] == ["prepare"]:
        prepare(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["submit"]:
        fetched = covey.fetch_task(int(sys.argv[2]), "task-digits", data=sys.argv[3])
        train(fetched)
        print(fetched.submit(max_stake=1000, wait=True))
    else:
        train(covey.read_task())

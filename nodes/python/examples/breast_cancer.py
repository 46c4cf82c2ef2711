# %% [markdown]
# # Breast cancer, by scikit-learn
#
# Three hospitals compete for the best classifier of 30 measurements without showing each other a patient. Each trains
# with scikit-learn and submits a model; the task's hidden shard decides. Needs scikit-learn.
#
#     python breast_cancer.py prepare data       # writes shards and the architecture
#     covey task create …                        # with the architecture and validation data of the folder
#     covey train --task 1 --data data/node-0.safetensors --command 'python breast_cancer.py train'

# %%
import json
import sys
import warnings
from pathlib import Path

import numpy as np

import covey

HIDDEN = 16
NODES = 3


# %% [markdown]
# ## The data
# Measurements are scaled to mean 0 and deviation 1, as float32. The creator keeps 40 % to score with.

# %%
def prepare(folder: Path) -> None:
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    order = np.random.default_rng(0).permutation(len(data.data))
    inputs = ((data.data - data.data.mean(0)) / data.data.std(0)).astype(np.float32)[order]
    labels = data.target.astype(np.uint8)[order]
    folder.mkdir(parents=True, exist_ok=True)
    held = int(0.4 * len(order))
    covey.save_dataset(folder / "validation.safetensors", covey.Dataset(inputs[:held], labels=labels[:held]))
    rows = np.array_split(np.arange(held, len(order)), NODES)
    for node, own in enumerate(rows):
        covey.save_dataset(folder / f"node-{node}.safetensors", covey.Dataset(inputs[own], labels=labels[own]))
    (folder / "architecture.json").write_text(json.dumps(ARCHITECTURE, indent=2))


ARCHITECTURE = {
    "input": "f32",
    "layers": [
        {"type": "dense", "inputs": 30, "outputs": HIDDEN},
        {"type": "relu"},
        {"type": "dense", "inputs": HIDDEN, "outputs": 2},
    ],
}


# %% [markdown]
# ## The model
# scikit-learn's weights are [inputs, outputs]: a matrix of a task is its transpose. Of two classes it has one output, the
# logit of the second; beside a first logit of 0 that is the same model.

# %%
def train() -> None:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    task = covey.read_task()
    data = task.load_data()
    model = MLPClassifier((HIDDEN,), alpha=0.1, max_iter=500, random_state=task.seed % 2**32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(covey.features(data.inputs), data.labels)
    first, second = model.coefs_
    hidden, logit = model.intercepts_
    task.save_model(
        {
            "layers.0.weight": first.T,
            "layers.0.bias": hidden,
            "layers.2.weight": np.concatenate([np.zeros_like(second), second], axis=1).T,
            "layers.2.bias": np.concatenate([[0.0], logit]),
        }
    )
    print(f"accuracy on the own {len(data)} patients {model.score(data.inputs, data.labels):.3f}")


# %%
if __name__ == "__main__":
    if sys.argv[1:2] == ["prepare"]:
        prepare(Path(sys.argv[2]))
    else:
        train()

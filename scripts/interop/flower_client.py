"""A Flower client as Flower's own quickstarts have them: it knows nothing of Covey."""

import numpy as np
import torch
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.client import NumPyClient
from flwr.clientapp import ClientApp
from sklearn.datasets import load_digits
from torch import nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.fc = nn.Linear(128, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        value = torch.max_pool2d(torch.relu(self.conv(images)), 2)
        return self.fc(value.flatten(1))


NAMES = list(Net().state_dict())


def load(partition: int, partitions: int) -> "tuple[torch.Tensor, torch.Tensor]":
    digits = load_digits()
    # What is scored with stays hidden from it.
    rows = np.array_split(np.random.default_rng(0).permutation(len(digits.data))[600:], partitions)[partition]
    images = torch.from_numpy(digits.images[rows].astype(np.float32) / 16).unsqueeze(1)
    return images, torch.from_numpy(digits.target[rows])


def fit(model: nn.Module, rate: float, epochs: int, node: "dict[str, int]") -> "tuple[float, int]":
    images, labels = load(int(node["partition-id"]), int(node["num-partitions"]))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    for _ in range(epochs):
        for rows in torch.randperm(len(images)).split(32):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images[rows]), labels[rows])
            loss.backward()
            optimizer.step()
    return loss.item(), len(images)


app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    model = Net()
    model.load_state_dict(message.content["arrays"].to_torch_state_dict())
    loss, count = fit(model, context.run_config["lr"], context.run_config["local-epochs"], context.node_config)
    metrics = MetricRecord({"train_loss": loss, "num-examples": count})
    content = RecordDict({"arrays": ArrayRecord(model.state_dict()), "metrics": metrics})
    return Message(content=content, reply_to=message)


class FlowerClient(NumPyClient):
    def __init__(self, node):
        self.node = node

    def fit(self, parameters, config):
        model = Net()
        model.load_state_dict({name: torch.tensor(array) for name, array in zip(NAMES, parameters)}, strict=True)
        loss, count = fit(model, config["lr"], config["local-epochs"], self.node)
        return [value.numpy() for value in model.state_dict().values()], count, {"loss": loss}


def client_fn(context: Context):
    return FlowerClient(context.node_config).to_client()


# Flower's earlier interface: the same client by a function that makes it, and the client itself.
legacy_app = ClientApp(client_fn)
numpy_client = FlowerClient({"partition-id": 2, "num-partitions": 4})

"""Train for tasks of Covey: read a task, start from its weights, train with anything, save, submit."""

from .data import Dataset, features, load_dataset, save_dataset
from .errors import CoveyError
from .host import Answer, Host, ask, price_of
from .task import Task, Training, fetch_task, read_task

__all__ = [
    "Answer",
    "CoveyError",
    "Dataset",
    "Host",
    "Task",
    "Training",
    "ask",
    "features",
    "fetch_task",
    "load_dataset",
    "price_of",
    "read_task",
    "save_dataset",
]

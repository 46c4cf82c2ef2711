"""Writes protocol/src/tokenizer/unicode-data.ts: what Hugging Face's tokenizers takes each code point for.

Its parts know different versions of Unicode, so each table is asked of the part that uses it, code point by code point.
  python3 -m venv .covey/hf && .covey/hf/bin/pip install tokenizers==0.23.3 regex
  .covey/hf/bin/python scripts/interop/tokenizer_tables.py
"""

import base64
import struct
import sys
import unicodedata
from pathlib import Path

import regex
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

ALL = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
TEXT = "".join(map(chr, ALL))
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(n):
    text = ""
    while True:
        text = DIGITS[n % 36] + text
        n //= 36
        if n == 0:
            return text


def ranges(members):
    """Lengths of gaps and runs in turn, over all code points from 0."""
    out, at, members = [], 0, sorted(members)
    i = 0
    while i < len(members):
        first = i
        while i + 1 < len(members) and members[i + 1] == members[i] + 1:
            i += 1
        out += [base36(members[first] - at), base36(members[i] + 1 - members[first])]
        at = members[i] + 1
        i += 1
    return " ".join(out)


MARK = "\x01"


def by_regex(pattern):
    """What Oniguruma matches, by the normalizer that replaces it; the mark itself is asked alone."""
    replace = normalizers.Replace(Regex(pattern), MARK)
    replaced = replace.normalize_str(TEXT)
    assert len(replaced) == len(TEXT), pattern
    is_mark = replace.normalize_str("\x01" + "x") == "\x01x" and normalizers.Replace(Regex(pattern), "y").normalize_str(MARK) == "y"
    return [c for c, was in zip(ALL, replaced) if (was == MARK and chr(c) != MARK) or (c == 1 and is_mark)]


def kept(normalizer, c):
    return normalizer.normalize_str("a" + chr(c) + "a")


def filtered(normalizer, gone="aa"):
    return [c for c in ALL if kept(normalizer, c) == gone]


def isolated(pre, c):
    """Whether a pre-tokenizer parts this character from letters around it."""
    return [piece for piece, _ in pre.pre_tokenize_str("a" + chr(c) + "a")]


tables = {}
categories = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn".split()
of = {}
for name in categories:
    for c in by_regex(rf"\p{{{name}}}"):
        assert c not in of, (name, c)
        of[c] = name
assert len(of) == len(ALL)
# Runs of one category: its letter in the order of `categories`, and its length.
runs, last, start = [], None, 0
for c in [*range(0x110000), None]:
    now = "Cs" if c is not None and 0xD800 <= c < 0xE000 else of.get(c)
    if now != last:
        if last is not None:
            runs.append(base36(c - start if c is not None else 0x110000 - start) + ("Z" if last == "Cs" else "ABCDEFGHIJKLMNOPQRSTUVWXY!#$%"[categories.index(last)]))
        last, start = now, c
CATEGORIES = "".join(runs)

for name, pattern in {
    "space": r"\s", "word": r"\w", "digit": r"\d", "alphabetic": r"\p{Alphabetic}",
    "han": r"\p{Han}", "hiragana": r"\p{Hiragana}", "katakana": r"\p{Katakana}", "hangul": r"\p{Hangul}", "latin": r"\p{Latin}",
    "cyrillic": r"\p{Cyrillic}", "greek": r"\p{Greek}", "arabic": r"\p{Arabic}", "hebrew": r"\p{Hebrew}", "thai": r"\p{Thai}",
    "devanagari": r"\p{Devanagari}",
}.items():
    tables[name] = by_regex(pattern)

bert = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
clean = normalizers.BertNormalizer(**{**bert, "clean_text": True})
# Without what is taken for blank or never kept by rule.
tables["bertControl"] = [c for c in filtered(clean) if c not in (0, 0xFFFD)]
strip = normalizers.BertNormalizer(**{**bert, "strip_accents": True})
tables["bertAccent"] = filtered(strip)
tables["combining"] = filtered(normalizers.StripAccents())
tables["white"] = [c for c in ALL if normalizers.Strip().normalize_str(chr(c)) == ""]
tables["numeric"] = [c for c in ALL if len(isolated(pre_tokenizers.Digits(individual_digits=True), c)) == 3]
tables["punctuation"] = [c for c in ALL if len(isolated(pre_tokenizers.Punctuation(), c)) == 3]
whitespace = pre_tokenizers.Whitespace()
tables["rustWord"] = [c for c in ALL if isolated(whitespace, c) == ["a" + chr(c) + "a"]]
rust_space = [c for c in ALL if isolated(whitespace, c) == ["a", "a"]]
assert rust_space == tables["white"]

lower = normalizers.Lowercase()
lowered = {c: lower.normalize_str(chr(c)) for c in ALL}
special = {c: t for c, t in lowered.items() if len(t) != 1}
assert special == {0x130: "i\u0307"}, special
# Runs that move by the same distance, of each code point or of every second one.
changes = [(c, ord(t) - c) for c, t in lowered.items() if c not in special and ord(t) != c]
LOWER = []
i = 0
while i < len(changes):
    c, by = changes[i]
    step = next((s for s in (1, 2) if i + 1 < len(changes) and changes[i + 1] == (c + s, by)), 1)
    j = i
    while j + 1 < len(changes) and changes[j + 1] == (changes[j][0] + step, by):
        j += 1
    LOWER.append(f"{base36(c)} {base36((j - i) * step + 1)} {step} {'-' if by < 0 else ''}{base36(abs(by))}")
    i = j + 1

# What normalization forms know: all else stays as it is, and is a starter.
forms = {name: getattr(normalizers, name)() for name in ("NFC", "NFD", "NFKC", "NFKD")}
tests = ["{}", "a{}\u0334", "a\u0345{}", "a{}", "\u11a8{}", "\u1100{}"]
known, inert = [], 0
for c in ALL:
    given = [t.format(chr(c)) for t in tests]
    got = [form.normalize_str(t) for form in forms.values() for t in given]
    theirs = [unicodedata.normalize(name, t) for name in forms for t in given]
    if unicodedata.category(chr(c)) != "Cn" and got == theirs:
        known.append(c)
    else:
        inert += 1
        assert got == [t for _ in forms for t in given], hex(c)
tables["normalized"] = known

gcb = "CR LF Control Extend ZWJ Regional_Indicator Prepend SpacingMark L V T LV LVT".split()
for name in gcb:
    found = regex.compile(rf"\p{{GCB={name}}}")
    if name not in ("CR", "LF", "ZWJ", "LV", "LVT"):
        tables["gcb" + name.replace("_", "")] = [c for c in ALL if found.match(chr(c))]
tables["pictographic"] = [c for c in ALL if regex.match(r"\p{ExtPict}", chr(c))]
for name in ("Consonant", "Extend", "Linker"):
    tables["incb" + name] = [c for c in ALL if regex.match(rf"\p{{InCB={name}}}", chr(c))]

lines = [
    "// Written by scripts/interop/tokenizer_tables.py. What each part of Hugging Face's tokenizers takes code points for: they know",
    "// different versions of Unicode, and engines know others.",
    "",
    "/** Lengths of gaps and of runs in turn, in base 36, from U+0000 on. */",
    "export const codePointSets = {",
    *[f"  {name}:\n    '{ranges(members)}'," for name, members in tables.items()],
    "} as const;",
    "",
    "/** The general category of each run: its length in base 36, and a sign that `categorySigns` knows. */",
    "export const categoryRuns =",
    "  '" + CATEGORIES.replace("\\", "\\\\") + "';",
    "",
    "export const categorySigns: Readonly<Record<string, string>> = {",
    *[f"  {repr(s) if not s.isalpha() else s}: '{n}'," for s, n in zip("ABCDEFGHIJKLMNOPQRSTUVWXY!#$%", categories)],
    "  Z: 'Cs',",
    "};",
    "",
    "/** Runs whose capitals have small letters: first, length, step, distance. */",
    "export const lowerRuns =",
    "  '" + ",".join(LOWER) + "';",
    "",
]
out = Path(__file__).parents[2] / "protocol/src/tokenizer/unicode-data.ts"
out.parent.mkdir(exist_ok=True)
out.write_text("\n".join(lines))
print(out, out.stat().st_size, "bytes;", inert, "code points that normalization forms do not know")

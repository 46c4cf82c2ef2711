"""Texts of every plane of Unicode, ordinary and hostile, drawn by a seeded generator."""

WORDS = """the of and model tokens training hello world isn't we'll I'd they've 2024 1,234.56 don't naïve café Straße ÅNGSTRÖM
Δοκιμή ΣΊΣΥΦΟΣ привет мир Быстрая лиса 你好 世界 機器學習 こんにちは カタカナ ｶﾞｷﾞ 한국어 처리 नमस्ते क्षत्रिय สวัสดี مرحبا שלום ﬁnance ①②③ ㎏ ℌ ½ ﷺ
x_1 foo(bar) {json: "yes"} http://example.org/a?b=c&d=1 \\n <div> </s> [MASK] <|end|> user: assistant: # ## ### -- --- … “quoted” ‘x’
👍 👩‍👩‍👧‍👦 🇫🇷🇩🇪 🏳️‍🌈 é e\u0301 ạ\u0302 A\u030a \u1112\u1161\u11ab""".split()
BLANKS = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "\u00a0", "\u3000", "\u2028", "\u200b", "\u200d", "\ufeff", "\x85", " \n "]
RANGES = [(0, 0x7F), (0x80, 0x24F), (0x250, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF), (0xE00, 0xFFF), (0x1100, 0x11FF),
          (0x1AB0, 0x1CFF), (0x1E00, 0x206F), (0x20D0, 0x2BFF), (0x2E80, 0x33FF), (0x4E00, 0x9FFF), (0xA640, 0xABFF), (0xAC00, 0xD7FF),
          (0xE000, 0xFFFF), (0x10000, 0x11FFF), (0x16000, 0x1CFFF), (0x1D000, 0x1FFFF), (0x20000, 0x323AF), (0xE0000, 0xE01FF), (0xF0000, 0x10FFFF)]


def character(rng):
    first, last = rng.choice(RANGES)
    while True:
        c = rng.randint(first, last)
        if not 0xD800 <= c < 0xE000:
            return chr(c)


def text(rng, added):
    kind = rng.random()
    if kind < 0.02:
        return rng.choice(["", " ", "\n", "a" * rng.randint(50, 3000), " " * rng.randint(2, 400) + "x", "é" * 200, "1" * 100, "'" * 50])
    parts = []
    for _ in range(rng.randint(1, 24)):
        pick = rng.random()
        if pick < 0.45:
            parts.append(rng.choice(WORDS))
        elif pick < 0.65:
            parts.append(rng.choice(BLANKS))
        elif pick < 0.8:
            parts.append("".join(character(rng) for _ in range(rng.randint(1, 5))))
        elif pick < 0.86:
            parts.append(rng.choice(added))
        elif pick < 0.93:
            parts.append(rng.choice("abcXYZ.,'!?-_019ſKİß ") * rng.randint(1, 4))
        else:
            parts.append(chr(rng.randint(0, 0x10FFFF) % 0xD800))
        if rng.random() < 0.4:
            parts.append(" ")
    return "".join(parts)


def corpus(rng):
    return [" ".join(rng.choice(WORDS) for _ in range(rng.randint(3, 12))) for _ in range(300)] + ["".join(character(rng) for _ in range(8)) for _ in range(60)]

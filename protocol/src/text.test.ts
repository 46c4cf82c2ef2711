import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText, choiceKey, escapeHidden, findHidden, findHiddenByForm, isVisible, twinChoices } from './text.ts';

const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
const scotland = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}';

describe('what readers would not see is found, with its place and code point', () => {
  it.each([
    ['a terminal escape that hides call lines', 'ipfs://x\u001b[8m', 'control', 9, 0x1b],
    ['the same as one byte', 'a\u009b8m', 'control', 2, 0x9b],
    ['a line break in a title', 'Fund it\nand pay me', 'control', 8, 0x0a],
    ['a line separator', 'a\u2028b', 'control', 2, 0x2028],
    ['a choice written backwards', '\u202eoN', 'bidirectional', 1, 0x202e],
    ['an isolate', 'a\u2066b', 'bidirectional', 2, 0x2066],
    ['a twin of Yes', 'Yes\u200b', 'invisible', 4, 0x200b],
    ['a joiner that joins no emoji', 'pay\u200dout', 'invisible', 4, 0x200d],
    ['a selector after a letter', 'a\ufe0f', 'invisible', 2, 0xfe0f],
    ['tags that smuggle a text', 'Yes\u{e0041}', 'invisible', 4, 0xe0041],
    ['a Hangul filler', '\u3164', 'invisible', 1, 0x3164],
    ['a blank Braille cell', '\u2800', 'invisible', 1, 0x2800],
    ['half a pair', '\u{1f600}a\ud800', 'surrogate', 3, 0xd800],
    ['a noncharacter', '\u{1ffff}', 'invisible', 1, 0x1ffff],
  ] as const)('%s', (_, text, kind, position, codePoint) => {
    expect(findHidden(text)).toEqual({ kind, position, codePoint });
    expect(findHiddenByForm(text)).toEqual({ kind, position, codePoint });
    expect(() => checkText('the title', text)).toThrow(/^the title holds U\+/);
  });

  it.each(['Für ¾ – 数字 數字', 'नमस्ते', 'مرحبا', family, scotland, '👩🏽‍🚀 ❤️ 1️⃣ 🏳️‍🌈 🇫🇷'])(
    '%s is shown as it is',
    (text) => {
      expect(findHidden(text)).toBeUndefined();
      expect(findHiddenByForm(text)).toBeUndefined();
      expect(escapeHidden(text)).toBe(text);
    },
  );

  it('a joiner between emoji that make no sequence is invisible, as nothing shows it', () => {
    expect(findHidden('👍\u200d👍')).toMatchObject({ kind: 'invisible', position: 2 });
  });

  it('bodies keep their newlines and tabs, and nothing else of the controls', () => {
    expect(findHidden('a\n\tb', { lines: true })).toBeUndefined();
    expect(findHidden('a\r\nb', { lines: true })).toMatchObject({ codePoint: 0x0d });
  });

  it('all that Unicode lets engines draw as nothing is in the table', () => {
    const missed: string[] = [];
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
      const text = String.fromCodePoint(codePoint);
      if (/[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Bidi_Control}\p{Cs}\p{Zl}\p{Zp}]/u.test(text) && !findHidden(text))
        missed.push(codePoint.toString(16));
    }
    expect(missed).toEqual([]);
  });
});

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u200b', '\u202e', '\u001b', '\ud800', '\n', family, '❤️', '\ufe0f'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
});
const hiddenOne = fc.constantFrom('\u200b', '\u200d', '\u00ad', '\u2060', '\ufeff', '\u{e0020}', '\u202e', '\u3164');

describe('escaping and comparing', () => {
  it('what is escaped hides nothing, whatever the text was; what hid nothing stays', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, lines) => {
        const shown = escapeHidden(text, { lines });
        expect(findHidden(shown, { lines })).toBeUndefined();
        expect(shown === text).toBe(findHidden(text, { lines }) === undefined);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });

  it('what engines know as an emoji sequence is one by its form too', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (!findHidden(text)) expect(findHiddenByForm(text)).toBeUndefined();
      }),
    );
  });

  it('choices are the same wherever something invisible is put in', () => {
    fc.assert(
      fc.property(anyText, hiddenOne, fc.nat(), (text, hidden, at) => {
        const characters = [...text];
        const place = at % (characters.length + 1);
        const other = [...characters.slice(0, place), hidden, ...characters.slice(place)].join('');
        expect(choiceKey(other)).toBe(choiceKey(text));
      }),
    );
  });

  it.each([
    ['Yes', 'Yes\u200b'],
    ['Yes', 'YES '],
    ['Yes', 'Ｙｅｓ'],
    ['Straße', 'STRASSE'],
    ['ﬁne', 'fine'],
    ['No way', 'No\u00a0\u2003way'],
    ['é', 'e\u0301'],
  ])('%s and %s are one choice', (one, other) => {
    expect(twinChoices(['Neither', one, other])).toEqual([2, 3]);
  });

  it('different choices differ', () => {
    expect(twinChoices(['Yes', 'No', 'Abstain', '赞成', '反对'])).toBeUndefined();
  });

  it('a title of zero-width characters is not seen', () => {
    expect(isVisible('\u200b\u2060 \u3164\u2800')).toBe(false);
    expect(isVisible('\u200ba')).toBe(true);
  });
});

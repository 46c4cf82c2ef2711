import { describe, expect, it } from 'vitest';
import { hiddenIn } from './hidden-text.ts';
import { checkProposalTexts } from './proposal-text.ts';

const texts = {
  type: 'single-choice',
  title: 'Shall unlockRatio become 1?',
  body: '',
  discussion: '',
  choices: ['Yes', 'No'],
  labels: [],
  plugins: '{}',
  privacy: '',
};
const message = (change: object) => hiddenIn({ message: { ...texts, from: '0x', ...change } as never });

describe('a hub takes no message with what readers would not see', () => {
  it.each([
    [{ title: '\u200b\u2060' }, 'title holds U+200B (invisible) at character 1'],
    [{ title: 'two\nlines' }, 'title holds U+000A (control) at character 4'],
    [{ choices: ['\u202eoN', 'No'] }, 'choices holds U+202E (bidirectional) at character 1'],
    [{ choices: ['Yes', 'Yes\u200b'] }, 'choices holds U+200B (invisible) at character 4'],
    [{ body: 'a\r\nb' }, 'body holds U+000D (control) at character 2'],
    [{ reason: 'half \ud800' }, 'reason holds U+D800 (surrogate) at character 6'],
    [{ profile: JSON.stringify({ name: 'Ada\u202e' }).replace('\u202e', '\\u202e') }, 'profile holds U+202E'],
  ])('%j', (change, expected) => {
    expect(message(change)).toContain(expected);
  });

  it('lines of a body and a picture in a title are seen', () => {
    expect(message({ body: 'one\n\ttwo', title: 'To the moon 👩‍🚀', reason: '好' })).toBeUndefined();
  });
});

describe('choices and titles', () => {
  it.each([[['Yes', 'YES']], [['Yes', 'Ｙｅｓ', 'No']], [['Straße', 'STRASSE']]])(
    '%j cannot be told apart',
    (choices) => {
      expect(() => checkProposalTexts({ ...texts, choices })).toThrow(/could tell them apart/);
    },
  );

  it('a title of blanks that are no spaces is no title', () => {
    expect(() => checkProposalTexts({ ...texts, title: '\u2800\u3164' })).toThrow(/the title needs/);
  });

  it('two choices that only joined are For, Against, Abstain are none of a basic vote', () => {
    expect(() => checkProposalTexts({ ...texts, type: 'basic', choices: ['For,Against', 'Abstain'] })).toThrow(
      /wrong choices for basic type/,
    );
  });
});

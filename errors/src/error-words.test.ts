import { expect, it } from 'vitest';
import { defineErrors } from './define-errors.ts';
import { errorWords, readErrorWords } from './error-words.ts';

const shop = defineErrors({
  SHOP_CLOSED: { kind: 'refused', meaning: 'The shop does not sell now.', action: 'Come back in the morning.' },
});
const words = {
  SHOP_CLOSED: { meaning: '商店现在不营业。', action: '请早上再来。' },
  TooLate: { meaning: '太晚了。', action: '请早些来。' },
};

it('an error speaks by its code, and keeps advice that was given for one case', () => {
  const error = shop.error('SHOP_CLOSED', 'Nothing is sold at night');
  expect(errorWords(error, words)).toEqual(words.SHOP_CLOSED);
  expect(errorWords(error, {})).toEqual({
    meaning: 'The shop does not sell now.',
    action: 'Come back in the morning.',
  });
  const advised = shop.error('SHOP_CLOSED', 'Nothing is sold at night', { hint: 'Ring the bell.' });
  expect(errorWords(advised, words)).toEqual({ meaning: '商店现在不营业。', action: 'Ring the bell.' });
});

it('a refusal of a contract, and what another side said, goes before the code', () => {
  const refused = shop.error('SHOP_CLOSED', 'no', { contractError: 'TooLate', hint: 'Be earlier.' });
  expect(errorWords(refused, words)).toEqual(words.TooLate);
  expect(errorWords(shop.error('SHOP_CLOSED', 'no', { upstream: 'TooLate' }), words)).toEqual(words.TooLate);
  expect(errorWords(shop.error('SHOP_CLOSED', 'no', { upstream: 'NOBODY_KNOWS' }), words)).toEqual(words.SHOP_CLOSED);
});

it('each language has its file', async () => {
  expect((await readErrorWords('zh-Hans'))['WrongPhase']?.meaning).toMatch(/时间窗口/);
  expect((await readErrorWords('zh-Hant'))['WrongPhase']?.meaning).toMatch(/時間窗口/);
});

import { describe, expect, it } from 'vitest';
import { foreignCharacters, hasEnglish, missingWords, wrongWords } from './error-words.ts';

const english = { A: { meaning: 'It is so.', action: 'Do it.' }, B: { meaning: 'It is not.' } };

describe('words of errors', () => {
  it('of both codes, in the right Chinese, are neither missing nor wrong', () => {
    const words = { A: { meaning: '验证失败。', action: '运行 `npm run build`。' }, B: { meaning: '没有。' } };
    expect(missingWords(english, words)).toEqual([]);
    expect(wrongWords('zh-Hans', english, words)).toEqual([]);
    expect(wrongWords('zh-Hant', english, words)).toEqual(['characters of other Chinese: 验证败运没']);
  });

  it('name each way of being wrong', () => {
    const words = { A: { meaning: ' ' }, B: { meaning: 'It is not.', action: '做。' }, C: { meaning: '没有。' } };
    expect(missingWords(english, { B: words.B })).toEqual(['A']);
    expect(wrongWords('zh-Hans', english, words)).toEqual([
      'A says nothing',
      'A: action of one language alone',
      'B: action of one language alone',
      'C is no error any more',
    ]);
    expect(wrongWords('zh-Hans', english, { B: { meaning: 'it is not so' } })).toEqual(['B is English']);
  });

  it('tell the two forms of Chinese apart', () => {
    expect(foreignCharacters('zh-Hans', '節点驗证')).toEqual(['節', '驗']);
    expect(foreignCharacters('zh-Hant', '節点驗证')).toEqual(['点', '证']);
    expect(hasEnglish('使用 OSx DAO 的 `covey stake show`')).toBe(false);
  });
});

import { decodeCardDocument, encodeCardDocument } from '@covey/protocol/card';
import { describe, expect, it } from 'vitest';
import { badFields, cardOf, draftOf, type CardDraft } from './card-draft.ts';

const model = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e';
const draft: CardDraft = {
  text: '## Use\n\nFor digits.\n',
  languages: 'en, zh-Hans',
  datasets: 'ylecun/mnist',
  baseModels: '',
  tags: 'digits，small',
};

describe('a card that is typed', () => {
  it('is the document that a listing names', () => {
    const card = cardOf(draft, model);
    expect(decodeCardDocument(encodeCardDocument(card))).toEqual({
      schema: 'covey.card/1',
      model,
      text: '## Use\n\nFor digits.',
      languages: ['en', 'zh-Hans'],
      datasets: ['ylecun/mnist'],
      tags: ['digits', 'small'],
    });
  });

  it('comes back from what was published', () => {
    const { text, languages = [], datasets = [], baseModels = [], tags = [] } = cardOf(draft, model);
    expect(cardOf(draftOf({ text, languages, datasets, baseModels, tags }), model)).toEqual(cardOf(draft, model));
  });

  it('says which fields no card may have', () => {
    expect(badFields(draft, model)).toEqual(new Set());
    const bad = { ...draft, languages: 'English', datasets: '../../etc', tags: 'a, a', text: 'x\u202ey' };
    expect(badFields(bad, model)).toEqual(new Set(['text', 'languages', 'datasets', 'tags']));
    expect(badFields({ ...draft, text: 'x'.repeat(65_537) }, model)).toEqual(new Set(['text']));
  });
});

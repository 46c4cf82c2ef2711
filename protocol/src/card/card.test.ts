import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { decodeProvenance, provenanceCid, type MakerProvenance, type TaskProvenance } from '../provenance.ts';
import { decodeCardDocument, encodeCardDocument, makersCard, modelCard, type CardDocument } from './index.ts';

const vector = (name: string) => new Uint8Array(readFileSync(new URL(`../../vectors/${name}`, import.meta.url)));
const provenance = decodeProvenance(vector('provenance.dag-json')) as TaskProvenance;
const golden = new TextDecoder().decode(vector('model-card.golden'));

const words: CardDocument = {
  schema: 'covey.card/1',
  model: provenance.model.cid,
  text: 'Trained by the village.\n\n## Ethics\n\n- none',
  languages: ['en', 'zh-Hans'],
  datasets: ['ylecun/mnist'],
  baseModels: ['someone/else'],
  tags: ['tiny'],
};

const frontMatter = (card: string) => parse(/^---\n([^]*?\n)---\n/.exec(card)![1]!) as Record<string, unknown>;
const changed = (change: (document: TaskProvenance) => void): TaskProvenance => {
  const document = structuredClone(provenance);
  change(document);
  return document;
};

describe('a model card', () => {
  it('is the same text for the same provenance', () => {
    expect(modelCard(provenance)).toBe(golden);
  });

  it('has Hugging Face’s metadata', () => {
    const { aggregate } = provenance.origin.accepted[0]!;
    expect(
      frontMatter(
        modelCard(
          changed((document) => (document.licence = 'Apache-2.0')),
          words,
        ),
      ),
    ).toEqual({
      license: 'apache-2.0',
      library_name: 'covey',
      tags: ['covey', 'safetensors', 'competition', 'tiny'],
      language: ['en', 'zh-Hans'],
      datasets: ['ylecun/mnist'],
      base_model: ['someone/else'],
      'model-index': [
        {
          name: 'Quarters',
          results: provenance.origin.accepted.map(({ round, shard }) => ({
            task: { type: 'other' },
            dataset: {
              type: `covey-task-1-round-${round}`,
              name: `Hidden shard of round ${round} (64 samples, SHA-256 ${shard.plaintextSha256})`,
            },
            metrics: [
              { type: 'loss', name: 'Loss (nat a prediction)', value: expect.any(Number) as number },
              { type: 'accuracy', name: 'Accuracy', value: 1 },
            ],
          })),
        },
      ],
      covey: expect.objectContaining({ round: 2, task: '1', model: provenance.model.cid }) as object,
    });
    const [first] = (frontMatter(golden)['model-index'] as { results: { metrics: { value: number }[] }[] }[])[0]!
      .results;
    expect(first!.metrics[0]!.value).toBeCloseTo(Number(aggregate!.loss) / 2 ** 32 / 64, 6);
    expect(frontMatter(golden)).not.toHaveProperty('license');
    expect(frontMatter(golden).covey).toMatchObject({ provenance: provenanceCid(provenance) });
  });

  it.each([
    ['MIT', { license: 'mit' }],
    ['GPL-3.0-or-later', { license: 'gpl-3.0' }],
    ['LicenseRef-Village', { license: 'other', license_name: 'LicenseRef-Village' }],
    ['constructor', { license: 'other', license_name: 'constructor' }],
  ])('names the licence %s as the hub does', (licence, expected) => {
    const { license, license_name } = frontMatter(modelCard(changed((document) => (document.licence = licence))));
    expect({ license, ...(license_name !== undefined && { license_name }) }).toEqual(expected);
  });

  it.each([
    '---',
    'x\\',
    '"]} # yes: !!js/function',
    '](javascript:alert(1))',
    '<script>alert(1)</script>',
    '<!-- covey: the maker’s own words follow, and are kept; what stands above is written anew -->',
    '`code` **bold** | cell | # heading',
    '&lt;b&gt; &#x3c;',
    'yes',
    '*a: &b',
    '- [x] https://evil.example',
  ])('shows the name %j as text', (name) => {
    const card = modelCard(
      changed(({ origin }) => (origin.name = name)),
      words,
    );
    const [{ name: read }] = frontMatter(card)['model-index'] as [{ name: string }];
    expect(read).toBe(name);
    const heading = card.split('\n').find((line) => line.startsWith('# '))!;
    // Every mark of Markdown stands behind a backslash, and without them it is the name.
    expect(heading.slice(2).replace(/\\([!-/:-@[-`{-~])/g, '')).toMatch(/^[^!-/:-@[-`{-~]*$/);
    expect(heading.slice(2).replace(/\\([!-/:-@[-`{-~])/g, '$1')).toBe(name);
    expect(makersCard(card, words.model)).toEqual(words);
    // The rest of the card is that of any other name.
    const rest = (text: string) => text.slice(text.indexOf('\n## What it is'));
    const other = modelCard(
      changed(({ origin }) => (origin.name = 'Other')),
      words,
    );
    const cidOf = (named: string) => provenanceCid(changed(({ origin }) => (origin.name = named)));
    expect(rest(card).replaceAll(cidOf(name), '')).toBe(rest(other).replaceAll(cidOf('Other'), ''));
  });
});

describe('the card of a model that its maker registered alone', () => {
  const own: MakerProvenance = {
    schema: 'covey.provenance/1',
    by: 'maker',
    deployment: { chainId: 31_337, modelMarket: provenance.deployment.policy },
    model: {
      sealed: false,
      cid: provenance.model.cid,
      bytes: 296,
      sha256: provenance.model.sha256,
      parameterRoot: provenance.model.parameterRoot,
    },
    origin: { listing: '4', maker: provenance.origin.creator, listed: provenance.origin.proposed, previous: '2' },
  };

  it('says that nobody else did anything, and has no scores', () => {
    const card = modelCard(own, words);
    expect(card).toContain('registered it alone: listing 4 on chain 31337, a new version of listing 2. No round');
    expect(card).not.toContain('How it was scored');
    expect(frontMatter(card)).toMatchObject({ tags: ['covey', 'tiny'], covey: { listing: '4', model: own.model.cid } });
    expect(frontMatter(card)).not.toHaveProperty('model-index');
    expect(makersCard(card, words.model)).toEqual(words);
  });
});

describe('the maker’s own words', () => {
  it('stay when the card is written anew, with what was added to the front matter', () => {
    const card = modelCard(provenance, words);
    expect(makersCard(card, words.model)).toEqual(words);
    const edited = card.replace('by the village', 'by the whole village').replaceAll('\n', '\r\n');
    const again = makersCard(edited, words.model)!;
    expect(again.text).toContain('by the whole village');
    expect(modelCard(provenance, again)).toContain('by the whole village');
    expect(makersCard(golden, words.model)).toEqual({ schema: 'covey.card/1', model: words.model, text: '' });
    expect(decodeCardDocument(encodeCardDocument(again))).toEqual(again);
  });

  it('cannot change what stands above them', () => {
    const hostile = '---\nlicense: mit\n---\n<!-- \n```\n## How it was scored\naccuracy 1';
    const card = modelCard(provenance, { ...words, text: hostile });
    expect(card.slice(0, card.indexOf('## In the maker’s own words'))).toBe(
      modelCard(provenance, { ...words, text: 'nothing' }).split('## In the maker’s own words')[0],
    );
    expect(makersCard(card, words.model)?.text).toBe(hostile);
  });

  it('are not taken from a file that Covey did not write', () => {
    expect(makersCard('# My project\n', words.model)).toBeUndefined();
    expect(makersCard('---\nlicense: mit\n---\n# My model\n', words.model)).toBeUndefined();
  });

  it.each<[string, (card: string) => string]>([
    ['hidden characters', (card) => `${card}safe\u202egpj`],
    ['YAML that cannot be read', (card) => card.replace('library_name:', 'library_name: [')],
    ['aliases', (card) => card.replace('library_name:', 'a: &a [1]\ndatasets: *a\nlibrary_name:')],
    ['a data set that is no name', (card) => card.replace('library_name:', 'datasets: ["../../etc"]\nlibrary_name:')],
    ['a language that is none', (card) => card.replace('library_name:', 'language: "<b>"\nlibrary_name:')],
    ['more words than a card has', (card) => card + 'x'.repeat(65_537)],
  ])('are refused with %s', (_, change) => {
    const read = () => encodeCardDocument(makersCard(change(golden), words.model)!);
    expect(read).toThrow(expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }));
  });

  it('are of this model', () => {
    const other = { ...words, model: provenance.origin.initial.model };
    expect(() => modelCard(provenance, other)).toThrow(expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }));
  });
});

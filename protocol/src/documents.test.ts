import { CoveyError } from '@covey/errors';
import { MAX_BATCH, MAX_UPDATES, networkLayout, preAggregators, rules, suitedRule } from '@covey/wasm-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockCid, codecs } from './cid.ts';
import { MAX_LOSS, decodeResultDocument, encodeResultDocument, summariseResult } from './result.ts';
import type { ResultDocument } from './result.ts';
import { MAX_SUBMISSIONS } from './rules.ts';
import { MAX_TASK_BYTES, decodeTaskDocument, encodeTaskDocument, taskTerms } from './task.ts';
import type { TaskDocument } from './task.ts';

const raw = (n: number) => blockCid(codecs.raw, Uint8Array.from([n]));
const hash = (n: number): `0x${string}` => `0x${n.toString(16).padStart(64, '0')}`;
const shard = (n: number) => ({
  plaintextSha256: hash(n),
  samples: 100,
  samplesRoot: hash(n + 200),
  ciphertext: raw(n),
  keyCommitment: hash(n + 100),
});
const code = (value: string): Error => expect.objectContaining({ code: value }) as Error;

const architecture: TaskDocument['architecture'] = {
  layers: [{ type: 'dense', inputs: 4, outputs: 2 }],
  input: 'u8',
};
const { work } = networkLayout(architecture.layers);

const task: TaskDocument = {
  schema: 'covey.task/2',
  name: 'Digits 數字',
  description: 'Line one.\n\nÜber **two**.',
  mode: 'federated',
  architecture,
  initialModel: raw(0),
  metric: 'loss',
  ranking: 'contribution',
  aggregation: { rule: 'trimmed-mean', trim: 1 },
  rounds: 2,
  windows: {
    join: 1,
    commit: 2,
    reveal: 3,
    attest: 4,
    attestReveal: 5,
    key: 6,
    resultCommit: 7,
    resultReveal: 8,
  },
  admission: null,
  minTrainerStake: '1000000000000000000',
  minValidatorStake: '2000000000000000000',
  budget: '5000000000000000000000',
  cost: String(100 * work),
  validation: { shards: [shard(1), shard(2)], holdout: shard(3) },
  training: { epochs: 1, batchSize: 32, learningRate: 0.05, momentum: 0.9 },
};

const result: ResultDocument = {
  schema: 'covey.result/2',
  chainId: 31337,
  taskId: '1',
  round: 0,
  task: blockCid(codecs.dagJson, new Uint8Array()),
  mode: 'federated',
  ranking: 'contribution',
  policyVersion: 1,
  policy: { trainerSeats: 64, rankRatio: String(9n * 10n ** 17n) },
  scorer: hash(5),
  shard: { plaintextSha256: hash(6), samples: 10 },
  base: raw(0),
  model: raw(1),
  baseline: { loss: '100', correct: 1, total: 10 },
  aggregate: { loss: '50', correct: 5, total: 10 },
  lastDelta: raw(3),
  opened: [],
  submissions: [
    {
      index: 0,
      node: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
      cid: raw(2),
      parameterRoot: hash(7),
      seats: 3,
      verdict: 'no-contribution',
      loss: '60',
      correct: 4,
      contribution: '0',
      rank: null,
      weight: '0',
    },
  ],
  claims: { root: hash(0), claimants: 0, paidSeats: 0, sumWeights: '0', trainersRatio: '0' },
  refereeRoot: hash(0),
};

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('task documents', () => {
  it('have one encoding', () => {
    const bytes = encodeTaskDocument(task);
    expect(decodeTaskDocument(bytes)).toEqual(task);
    expect(encodeTaskDocument(decodeTaskDocument(bytes))).toEqual(bytes);
    const shuffled = Object.fromEntries(Object.entries(task).toReversed()) as TaskDocument;
    expect(encodeTaskDocument(shuffled)).toEqual(bytes);
  });

  it('name the terms that the chain must repeat', () => {
    expect(taskTerms(task)).toEqual({
      rounds: 2,
      windows: task.windows,
      ranking: 1,
      admissionRoot: hash(0),
      minTrainerStake: 10n ** 18n,
      minValidatorStake: 2n * 10n ** 18n,
      keyCommitments: [hash(101), hash(102), hash(103)],
    });
  });

  it('admit everybody or whom a list names', () => {
    const listed = { ...task, mode: 'arena', ranking: 'loss', admission: { root: hash(9) } } as const;
    expect(decodeTaskDocument(encodeTaskDocument(listed))).toEqual(listed);
    expect(taskTerms(listed)).toMatchObject({ ranking: 0, admissionRoot: hash(9) });
  });

  const text = new TextDecoder().decode(encodeTaskDocument(task));
  const otherSpellings: Record<string, string> = {
    'white space': text.replace(',', ', '),
    'a trailing newline': `${text}\n`,
    'unsorted keys': JSON.stringify(task),
    'an escaped letter': text.replace('Line', '\\u004cine'),
    'an escaped slash': text.replace('covey.task/2', 'covey.task\\/2'),
    'a number with a fraction of zero': text.replace('"rounds":2', '"rounds":2.0'),
    'a number with an exponent': text.replace('"rounds":2', '"rounds":2e0'),
  };
  for (const [what, spelling] of Object.entries(otherSpellings)) {
    it(`are refused with ${what}`, () => {
      expect(spelling).not.toBe(text);
      expect(() => decodeTaskDocument(new TextEncoder().encode(spelling))).toThrowError(code('PROTOCOL_NOT_CANONICAL'));
    });
  }

  const invalid: Record<string, string> = {
    'a key twice': text.replace('"rounds":2', '"rounds":2,"rounds":2'),
    'a __proto__ key': text.replace('{"admission"', '{"__proto__":{"x":1},"admission"'),
    'an unknown key': text.replace('"rounds":2', '"rounds":2,"roundz":2'),
    'a missing key': text.replace('"metric":"loss",', ''),
    'trailing content': `${text}{}`,
    nothing: '',
    'an array': '[]',
    'a link in place of text': text.replace(`"${task.initialModel}"`, `{"/":"${task.initialModel}"}`),
    'deep nesting': '['.repeat(100_000),
    'a deep object': '{"a":'.repeat(50_000),
    'a NaN': text.replace('"rounds":2', '"rounds":NaN'),
    'a huge number': text.replace('"rounds":2', `"rounds":${'9'.repeat(400)}`),
  };
  for (const [what, spelling] of Object.entries(invalid)) {
    it(`are refused with ${what}`, () => {
      expect(spelling).not.toBe(text);
      const decoding = () => decodeTaskDocument(new TextEncoder().encode(spelling));
      expect(decoding).toThrowError(CoveyError);
      expect(decoding).toThrowError(/task document/);
    });
  }

  it('are refused beyond their size, before they are read', () => {
    expect(() => decodeTaskDocument(new Uint8Array(MAX_TASK_BYTES + 1))).toThrowError(code('PROTOCOL_TOO_LARGE'));
  });

  const everyRule = [
    ...rules.map(({ name }) => suitedRule(name, [], 9, 1)),
    ...preAggregators.map(({ name }) => suitedRule('median', [name], 9, 1)),
    suitedRule('trimmed-mean', ['arc', 'clip', 'nnm', 'bucketing'], 24, 2),
  ] as TaskDocument['aggregation'][];
  it.each(everyRule)('may name the rule %j', (aggregation) => {
    const bytes = encodeTaskDocument({ ...task, aggregation });
    expect(decodeTaskDocument(bytes).aggregation).toEqual(aggregation);
  });

  const changes: Record<string, Partial<TaskDocument>> = {
    'fewer shards than rounds': { rounds: 3 },
    'a shard used twice': { validation: { shards: [shard(1), shard(1)], holdout: shard(3) } },
    'a hold-out that is also a shard': { validation: { shards: [shard(1), shard(2)], holdout: shard(2) } },
    'a key used twice': {
      validation: { shards: [shard(1), { ...shard(2), keyCommitment: shard(1).keyCommitment }], holdout: shard(3) },
    },
    'samples used twice': {
      validation: { shards: [shard(1), { ...shard(2), samplesRoot: shard(1).samplesRoot }], holdout: shard(3) },
    },
    'an architecture that does not say what its targets are': {
      architecture: { ...architecture, loss: 'squared-error' },
    },
    'an architecture whose features are tokens': { architecture: { ...architecture, input: 'tokens' } },
    'another cost than its own': { cost: String(100 * work - 1) },
    'the cost of another architecture': {
      architecture: { layers: [{ type: 'dense', inputs: 4, outputs: 3 }], input: 'u8' },
    },
    'a shard of no samples': { validation: { shards: [shard(1), { ...shard(2), samples: 0 }], holdout: shard(3) } },
    'minibatches larger than the core’s': { training: { ...task.training, batchSize: MAX_BATCH + 1 } },
    'a list of nobody': { admission: { root: hash(0) } },
    'a window of version 1': { windows: { ...task.windows, availability: 5 } as never },
    'a window too few': { windows: { ...task.windows, attest: undefined as never } },
    'an arena by contribution': { mode: 'arena' },
    'a weighted FedAvg': { aggregation: { rule: 'fedavg', weights: [1] } as never },
    'a rule that no round can satisfy': { aggregation: { rule: 'trimmed-mean', trim: 512 } },
    'a negative trim': { aggregation: { rule: 'trimmed-mean', trim: -1 } },
    'a fractional Krum bound': { aggregation: { rule: 'krum', byzantine: 1.5 } },
    'an unknown pre-aggregator': { aggregation: { rule: 'median', pre: [{ pre: 'sum' }] } as never },
    'a pre-aggregator with a stray field': {
      aggregation: { rule: 'median', pre: [{ pre: 'nnm', byzantine: 1, trim: 1 }] } as never,
    },
    'no pre-aggregators, written out': { aggregation: { rule: 'median', pre: [] } },
    'too many pre-aggregators': {
      aggregation: { rule: 'median', pre: Array.from({ length: 5 }, () => ({ pre: 'clip', norm: 1 }) as const) },
    },
    'buckets of nothing': { aggregation: { rule: 'median', pre: [{ pre: 'bucketing', size: 0, seed: 1 }] } },
    'buckets too large for any round': {
      aggregation: { rule: 'krum', byzantine: 1, pre: [{ pre: 'bucketing', size: 400, seed: 1 }] },
    },
    'an infinite clip': { aggregation: { rule: 'norm-clip', clip: Infinity } },
    'a rule of the old spelling': { aggregation: { rule: 'nnm+trimmed-mean', byzantine: 1, trim: 1 } as never },
    'too many iterations': { aggregation: { rule: 'centred-clip', radius: 1, iterations: 101 } },
    'an unknown rule': { aggregation: { rule: 'sum' } as never },
    'a stake that is more than all tokens': { minTrainerStake: String(10n ** 27n + 1n) },
    'an amount with a leading zero': { budget: '01' },
    'an amount as a number': { budget: 5 as never },
    'a negative amount': { budget: '-1' },
    'a window of zero': { windows: { ...task.windows, key: 0 } },
    'a CID version 0': { initialModel: 'QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN' },
    'a model that is a document': { initialModel: blockCid(codecs.dagJson, new Uint8Array()) },
    'an empty name': { name: '' },
    'a control character': { name: 'a\u0000b' },
    'half a surrogate pair': { name: 'a\ud800' },
    'a momentum of one': { training: { ...task.training, momentum: 1 } },
    'an infinite learning rate': { training: { ...task.training, learningRate: Infinity } },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`are not written with ${what}`, () => {
      expect(() => encodeTaskDocument({ ...task, ...change })).toThrowError(code('PROTOCOL_INVALID_DOCUMENT'));
    });
  }
});

describe('result documents', () => {
  it('have one encoding and one hash', () => {
    const bytes = encodeResultDocument(result);
    expect(decodeResultDocument(bytes)).toEqual(result);
    const summarised = summariseResult(result);
    expect(summarised.bytes).toEqual(bytes);
    expect(summarised.cid).toMatch(/^bag/);
    expect(summariseResult({ ...result, round: 1 }).resultHash).not.toBe(summarised.resultHash);
  });

  const [submission] = result.submissions;
  if (!submission) throw new Error('a submission is needed');
  const changes: Record<string, Partial<ResultDocument>> = {
    'a loss that is a number': { baseline: { loss: 1.5 as never, correct: 1, total: 10 } },
    'an address without checksum': {
      submissions: [{ ...submission, node: '0x70997970c51812dc3a010c7d01b50e0d17dc79c8' }],
    },
    'a rank for what is not valid': { submissions: [{ ...submission, rank: 0 }] },
    'a weight for what is not valid': { submissions: [{ ...submission, weight: '1' }] },
    'no seats': { submissions: [{ ...submission, seats: 0 }] },
    'more seats than a round has': {
      submissions: [0, 1].map((index) => ({ ...submission, index, seats: MAX_SUBMISSIONS - 3 * index })),
    },
    'another weight than its contribution': {
      submissions: [{ ...submission, verdict: 'valid', rank: 0, contribution: '5', weight: '6' }],
    },
    'a valid one without rank': { submissions: [{ ...submission, verdict: 'valid' }] },
    'a gap in the indices': { submissions: [{ ...submission, index: 1 }] },
    'an unknown verdict': { submissions: [{ ...submission, verdict: 'fine' as never }] },
    'minus zero as contribution': { submissions: [{ ...submission, contribution: '-0' }] },
    'a loss beyond what predictions can lose': { submissions: [{ ...submission, loss: String(MAX_LOSS + 1n) }] },
    'a contribution beyond it': { submissions: [{ ...submission, contribution: String(MAX_LOSS + 1n) }] },
    'a negative contribution': { submissions: [{ ...submission, contribution: '-1' }] },
    'an opened round too many': { opened: [0, 1, 2, 3, 4] },
    'more claimants than seats': { claims: { ...result.claims, claimants: MAX_SUBMISSIONS + 1 } },
    'a scorer in upper case': { scorer: `0x${'AB'.repeat(32)}` },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`are not written with ${what}`, () => {
      expect(() => encodeResultDocument({ ...result, ...change })).toThrowError(code('PROTOCOL_INVALID_DOCUMENT'));
    });
  }

  it('fit their size limit with as many submissions as a round can have', () => {
    expect(MAX_UPDATES).toBeGreaterThanOrEqual(MAX_SUBMISSIONS);
    const many = Array.from({ length: MAX_SUBMISSIONS }, (_, index) => ({
      ...submission,
      index,
      seats: 1,
      verdict: 'valid' as const,
      rank: index,
      loss: String(MAX_LOSS),
      contribution: String(MAX_LOSS),
      weight: String(MAX_LOSS),
    }));
    const bytes = encodeResultDocument({ ...result, submissions: many });
    expect(decodeResultDocument(bytes).submissions).toHaveLength(MAX_SUBMISSIONS);
  });
});

describe('decoding', () => {
  it('throws nothing but CoveyError, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          for (const decode of [decodeTaskDocument, decodeResultDocument])
            expect(() => decode(bytes)).toThrowError(CoveyError);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('accepts no other bytes for the same document', () => {
    const bytes = encodeTaskDocument(task);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        try {
          expect(encodeTaskDocument(decodeTaskDocument(changed))).toEqual(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(CoveyError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('does not pollute prototypes', () => {
    const hostile = encode({ ...task, schema: 'covey.task/2' });
    const text = new TextDecoder().decode(hostile).replace('{"schema"', '{"__proto__":{"polluted":true},"schema"');
    expect(() => decodeTaskDocument(new TextEncoder().encode(text))).toThrowError(CoveyError);
    expect({}).not.toHaveProperty('polluted');
  });

  it('refuses hostile megabytes in a moment', () => {
    const started = process.cpuUsage();
    for (const unit of ['{"a":', '[', '"\\', '{"a":1},', '9']) {
      const bytes = new TextEncoder().encode(unit.repeat(Math.floor(MAX_TASK_BYTES / unit.length)));
      expect(() => decodeTaskDocument(bytes)).toThrowError(CoveyError);
    }
    // Time of the processor, in microseconds: a busy machine does not make it longer.
    expect(process.cpuUsage(started).user).toBeLessThan(10_000_000);
  });
});

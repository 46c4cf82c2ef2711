import { describe, expect, it } from 'vitest';
import { blockCid, codecs } from '../cid.ts';
import { scoreRound } from './score.ts';
import { baseCid, content, core, delta, inputs, keys, submission, task } from './testing/corners.ts';

describe('questions that have no answer', () => {
  const failing = (p: Parameters<typeof scoreRound>[0]) =>
    scoreRound(p).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('content out of reach is a retryable error, no verdict', async () => {
    const cid = blockCid(codecs.raw, new TextEncoder().encode('never stored'));
    const error = await failing({ core, task, inputs: inputs([submission(0, cid)]), fetch: content.fetch });
    expect(error).toMatchObject({ code: 'PROTOCOL_FETCH_FAILED', retryable: true });
  });

  it('bytes that are not the content of their CID are refused', async () => {
    const cid = await content.add(delta(1));
    const fetch = async (wanted: string) => {
      const bytes = Uint8Array.from(await content.fetch(wanted));
      if (wanted === cid) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return bytes;
    };
    const error = await failing({ core, task, inputs: inputs([submission(0, cid)]), fetch });
    expect(error).toMatchObject({ code: 'PROTOCOL_CONTENT_MISMATCH', retryable: true, expected: cid });
  });

  it('another key is refused', async () => {
    const error = await failing({ core, task, inputs: inputs([], { key: keys[1] ?? '0x' }), fetch: content.fetch });
    expect(error).toMatchObject({ code: 'PROTOCOL_WRONG_KEY', retryable: false });
  });

  it('another scorer is refused', async () => {
    const scorer = `0x${'11'.repeat(32)}` as const;
    const error = await failing({ core, task, inputs: inputs([], { scorer }), fetch: content.fetch });
    expect(error).toMatchObject({ code: 'PROTOCOL_SCORER_MISMATCH' });
  });

  it('what contradicts the task or itself is refused: rounds, indices, blocks, seats, roots, and bits for nobody', async () => {
    for (const broken of [
      inputs([], { round: 2 }),
      inputs([submission(1, baseCid)]),
      inputs([submission(0, baseCid), submission(0, baseCid)]),
      inputs([submission(0, baseCid, { committedBlock: -1 })]),
      inputs([submission(0, baseCid, { seats: 0 })]),
      inputs([submission(0, baseCid, { seats: 65 })]),
      inputs([submission(0, baseCid, { parameterRoot: '0x12' })]),
      inputs([submission(0, baseCid)], { counted: [] }),
      inputs([submission(0, baseCid)], { counted: [2n] }),
      inputs([submission(0, baseCid)], { counted: [1n, 0n] }),
    ]) {
      const error = await failing({ core, task, inputs: broken, fetch: content.fetch });
      expect(error).toMatchObject({ code: 'PROTOCOL_INVALID_ARGUMENT' });
    }
  });

  it('a cancelled signal ends the work', async () => {
    const stop = new AbortController();
    const cid = await content.add(delta(1));
    const error = await failing({
      core,
      task,
      inputs: inputs([submission(0, cid)]),
      fetch: content.fetch,
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step === 'fetch') stop.abort(new Error('enough'));
      },
    });
    expect(error).toMatchObject({ message: 'enough' });
  });
});

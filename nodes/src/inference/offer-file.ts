import { encodeOffer, type Offer } from '@covey/protocol/inference';
import { readFile } from 'node:fs/promises';
import { nodeError } from '../errors.ts';

/** An offer in a file of JSON, however it is laid out; what is published is its canonical form. */
export async function readOffer(path: string): Promise<{ offer: Offer; bytes: Uint8Array }> {
  let written: unknown;
  try {
    written = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read an offer from ${path}.`, {
      expected: 'JSON as `covey host offer` writes it',
      cause,
    });
  }
  const offer = written as Offer;
  return { bytes: encodeOffer(offer), offer };
}

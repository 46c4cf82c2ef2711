import { expect, test } from 'vitest';
import { decodeMetadata, encodeMetadata } from './proposal.ts';

test.each(['ipfs://bafy', '', 'Vorschlag für 树'])('metadata %j survives the chain', (uri) => {
  expect(decodeMetadata(encodeMetadata(uri))).toBe(uri);
});

test('bytes that are no text stay hex', () => {
  expect(decodeMetadata('0x1220ff')).toBe('0x1220ff');
});

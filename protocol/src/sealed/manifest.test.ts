import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentCid } from '../cid.ts';
import { parameterRoot } from '../parameter-root.ts';
import { MAX_SEALED_BYTES, sealedSizes } from './format.ts';
import { MAX_MANIFEST_BYTES, decodeSealedManifest, encodeSealedManifest, type SealedManifest } from './manifest.ts';

const path = new URL('../../../contracts/test/vectors/sealed.json', import.meta.url);
const { files, manifest } = JSON.parse(readFileSync(path, 'utf8')) as {
  files: { bytes: number; chunks: number; pieces: number; plainRoot: string }[];
  manifest: { document: SealedManifest; text: string; cid: string };
};
const { document } = manifest;
const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('the manifest of a sealed file', () => {
  it('has one encoding, as the golden vector has it', () => {
    const bytes = encodeSealedManifest(document);
    expect(new TextDecoder().decode(bytes)).toBe(manifest.text);
    expect(documentCid(bytes)).toBe(manifest.cid);
    expect(decodeSealedManifest(bytes)).toEqual(document);
  });

  it.each<[string, Partial<Record<keyof SealedManifest | 'extra', unknown>>]>([
    ['another schema', { schema: 'covey.sealed/2' }],
    ['no bytes', { bytes: 0 }],
    ['more bytes than can be', { bytes: MAX_SEALED_BYTES + 1 }],
    ['half a byte', { bytes: 1.5 }],
    ['bytes in words', { bytes: '150000' }],
    ['a hash in capitals', { keyHash: `0x${'AB'.repeat(32)}` }],
    ['a short root', { plainRoot: '0x12' }],
    ['no root', { cipherRoot: undefined }],
    ['a document for ciphertext', { ciphertext: manifest.cid }],
    ['one file for two', { leaves: document.ciphertext }],
    ['a file for a card', { card: document.leaves }],
    ['a maker in lower case', { maker: `0x${'ab'.repeat(20)}` }],
    ['an empty name', { name: '' }],
    ['a name that hides what it is', { name: 'model\u202efdp' }],
    ['a key', { extra: '0x00' }],
  ])('refuses %s', (_, change) => {
    const changed: Record<string, unknown> = { ...document, ...change };
    const sorted = Object.fromEntries(
      Object.keys(changed)
        .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
        .map((name) => [name, changed[name]]),
    );
    expect(() => decodeSealedManifest(bytesOf(JSON.stringify(sorted)))).toThrowError(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
    );
  });

  it.each<[string, string, string]>([
    ['white space', `${manifest.text} `, 'PROTOCOL_NOT_CANONICAL'],
    ['a second spelling of a number', manifest.text.replace('150000', '1.5e5'), 'PROTOCOL_NOT_CANONICAL'],
    ['something else', 'no manifest', 'PROTOCOL_INVALID_DOCUMENT'],
    ['too many bytes', 'x'.repeat(MAX_MANIFEST_BYTES + 1), 'PROTOCOL_TOO_LARGE'],
    ['a deep nest', '['.repeat(100), 'PROTOCOL_INVALID_DOCUMENT'],
  ])('refuses %s', (_, text, code) => {
    expect(() => decodeSealedManifest(bytesOf(text))).toThrowError(expect.objectContaining({ code }));
  });
});

it.each(files)('the golden vector of $bytes bytes has their sizes and root', ({ bytes, chunks, pieces, plainRoot }) => {
  expect(sealedSizes(bytes)).toMatchObject({ chunks, pieces });
  expect(parameterRoot(Uint8Array.from({ length: bytes }, (_, i) => 7 * i + Math.floor(i / 256)))).toBe(plainRoot);
});

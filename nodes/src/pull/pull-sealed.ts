import {
  checkSealed,
  requireKeyOf,
  sealedSizes,
  type SealedManifest,
  type SealingEngine,
} from '@covey/protocol/sealed';
import { fileStream } from '../sealed/file-stream.ts';
import { openFile } from '../sealed/open-file.ts';
import { fetchPart, type PullParameters } from './pull-file.ts';

export interface PullSealedParameters extends PullParameters {
  manifest: SealedManifest;
  out: string;
  engine: SealingEngine;
  /** Without it, ciphertext and leaves are fetched and checked: what can be done before paying. */
  key: Uint8Array | undefined;
  /** Keep ciphertext and leaves beside the plaintext. */
  keepSealed: boolean;
  onStep?: (step: 'fetching' | 'checking' | 'opening') => void;
  onOpened?: (bytes: number, of: number) => void;
}

export interface PulledSealed {
  /** Bytes that earlier attempts had fetched, and opened. */
  kept: { ciphertext: number; leaves: number; plaintext: number };
  wrongTags: number;
  opened: boolean;
}

/** Fetches a sealed file, compares both roots with its manifest, and opens it where there is a key. */
export async function pullSealed(parameters: PullSealedParameters): Promise<PulledSealed> {
  const { manifest, out, engine, key, keepSealed, signal, onStep, onOpened } = parameters;
  const { bytes, keyHash } = manifest;
  if (key) requireKeyOf(keyHash, key);
  const sizes = sealedSizes(bytes);
  onStep?.('fetching');
  const leaves = await fetchPart(manifest.leaves, `${out}.leaves`, { ...parameters, maxBytes: sizes.leavesBytes });
  const sealed = await fetchPart(manifest.ciphertext, `${out}.sealed`, {
    ...parameters,
    maxBytes: sizes.ciphertextBytes,
  });
  onStep?.('checking');
  const served = {
    ciphertext: fileStream(sealed.file.part, 'ciphertext'),
    leaves: fileStream(leaves.file.part, 'leaves'),
  };
  await checkSealed(manifest, served, engine);
  const kept = { ciphertext: sealed.kept, leaves: leaves.kept, plaintext: 0 };
  if (!key) return { kept, wrongTags: 0, opened: false };
  onStep?.('opening');
  const files = { ciphertext: sealed.file.part, leaves: leaves.file.part };
  const onProgress = (opened: number) => onOpened?.(opened, bytes);
  const opened = await openFile({ manifest, key, ...files, out, engine, signal, onProgress });
  for (const { file } of [sealed, leaves]) await (keepSealed ? file.keep() : file.drop());
  return { kept: { ...kept, plaintext: opened.kept }, wrongTags: opened.wrongTags, opened: true };
}

import { isGzip } from './inflate.ts';
import { looksLikeIdx } from './idx.ts';
import { isJpeg } from './jpeg.ts';
import { isNpy, isZip } from './npy.ts';
import { isPng } from './png.ts';
import { nodeError } from '../../errors.ts';

export const dataFormats = ['csv', 'idx', 'npy', 'npz', 'safetensors', 'text', 'image', 'gzip'] as const;
export type DataFormat = (typeof dataFormats)[number];

/** What a file is, by how it begins; text and tables by their names alone. */
export function formatOf(name: string, head: Uint8Array): DataFormat {
  if (isGzip(head)) return 'gzip';
  if (isNpy(head)) return 'npy';
  if (isZip(head)) return 'npz';
  if (isPng(head) || isJpeg(head)) return 'image';
  if (looksLikeIdx(head)) return 'idx';
  const extension = /\.([a-z0-9]+)(?:\.gz)?$/.exec(name.toLowerCase())?.[1];
  if (extension === 'safetensors') return 'safetensors';
  if (extension === 'csv' || extension === 'tsv') return 'csv';
  if (extension === 'txt' || extension === 'text' || extension === 'md') return 'text';
  throw nodeError('DATA_NOT_FOUND', `It cannot be told what ${name} holds.`, {
    expected: 'a file named .csv, .tsv, .txt or .safetensors, IDX, npy, npz, or a folder of images',
    hint: 'Say it with --format.',
  });
}

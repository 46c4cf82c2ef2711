import { describe, expect, it } from 'vitest';
import { documentPathProblems } from './document-paths.ts';
import { fileLengthProblems, longOnPurpose } from './file-lengths.ts';
import { fileNameProblems } from './file-names.ts';

const known = new Set(['docs', 'docs/guide.md', 'nodes', 'nodes/src', 'nodes/src/node.ts', 'README.md']);
const problems = (text: string, file = 'README.md') => documentPathProblems({ file, text }, known);

describe('documents', () => {
  it('may name files from the root, from their folder, and by the end of a path', () => {
    expect(problems('`nodes/src/node.ts`, `node.ts`, `src/node.ts`, `docs/`, [a guide](docs/guide.md#part)')).toEqual(
      [],
    );
    expect(problems('[up](../README.md) and `../nodes/src/node.ts`', 'docs/guide.md')).toEqual([]);
  });

  it('are told of files and links that lead nowhere', () => {
    expect(problems('`nodes/src/gone.ts`')).toEqual(['README.md: `nodes/src/gone.ts` does not exist']);
    expect(problems('`gone.ts`')).toHaveLength(1);
    expect(problems('`nodes/gone/`')).toHaveLength(1);
    expect(problems('[gone](docs/gone.md)')).toEqual(['README.md: the link docs/gone.md leads nowhere']);
  });

  it('may name what is no path: calls, packages, routes, placeholders, what commands write', () => {
    expect(problems('`a.b()` `@covey/nodes` `/api/v1/tasks` `<name>-simd.ts` `dist/core.wasm` `fedavg` `1.5`')).toEqual(
      [],
    );
    expect(problems('```\nnode gone.ts\n```\n[viem](https://viem.sh)')).toEqual([]);
  });
});

it('names are in kebab-case, but for components and contracts', () => {
  const good = ['nodes/src/run-rounds.test.ts', 'web/src/ui/HashText.vue', 'contracts/test/unit/Head.t.sol'];
  expect(fileNameProblems([...good, 'contracts/abi/taskManager.ts', 'LICENSE'])).toEqual([]);
  expect(fileNameProblems(['nodes/src/runRounds.ts', 'web/src/ui/hash-text.vue'])).toHaveLength(2);
});

it('files are short, or long on purpose, and the purpose is not outlived', () => {
  const purposes = Object.keys(longOnPurpose).map((file) => ({ file, lines: 301 }));
  expect(fileLengthProblems([...purposes, { file: 'a.ts', lines: 300 }, { file: 'a.test.ts', lines: 900 }])).toEqual(
    [],
  );
  expect(fileLengthProblems([...purposes, { file: 'a.ts', lines: 301 }])).toHaveLength(1);
  expect(fileLengthProblems([...purposes, { file: 'A.vue', lines: 151 }])).toHaveLength(1);
  expect(fileLengthProblems([])).toHaveLength(purposes.length);
});

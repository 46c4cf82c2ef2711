import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Compilations of native/*.c: with all that this processor has, and with vectors of 128 bits only, as WebAssembly has. */
export interface Native {
  native: string;
  c128: string;
  close(): void;
}

const flags = { native: ['-march=native'], c128: ['-msse4.2', '-mno-avx'] };

/** Throws when there is no C compiler, or the host is not x86. */
export function compileNative(): Native {
  const folder = mkdtempSync(join(tmpdir(), 'covey-bench-'));
  const sources = globSync(fileURLToPath(new URL('native/*.c', import.meta.url)));
  const compile = (name: 'native' | 'c128'): string => {
    const program = join(folder, name);
    execFileSync('gcc', ['-O3', ...flags[name], '-ffp-contract=off', ...sources, '-o', program], { stdio: 'pipe' });
    return program;
  };
  try {
    return {
      native: compile('native'),
      c128: compile('c128'),
      close: () => rmSync(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

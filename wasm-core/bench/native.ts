import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Native {
  /** GB/s of reading n × d f32. */
  read(n: number, d: number, seconds: number): number;
  /** GFLOP/s. */
  matmul(m: number, k: number, n: number, seconds: number): number;
  close(): void;
}

/** native.c compiled with the host's gcc, or undefined when there is none (or the host is not x86). */
export function compileNative(): Native | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'covey-bench-'));
  const program = join(folder, 'native');
  const source = fileURLToPath(new URL('native.c', import.meta.url));
  try {
    execFileSync('gcc', ['-O3', '-mavx', '-ffp-contract=off', source, '-o', program], { stdio: 'pipe' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const measure = (...args: (string | number)[]): number => {
    const out = execFileSync(program, args.map(String), { encoding: 'utf8' });
    return (JSON.parse(out) as { value: number }).value;
  };
  return {
    read: (n, d, seconds) => measure(seconds, 'read', n, d),
    matmul: (m, k, n, seconds) => measure(seconds, 'matmul', m, k, n),
    close: () => rmSync(folder, { recursive: true }),
  };
}

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LineProcess } from '../line-process.ts';

const script = fileURLToPath(new URL('robust.py', import.meta.url));

/** The first Python that has the module; Debian's own knows Debian's packages when another comes first on PATH. */
export function findPython(module: string): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => {
    try {
      execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

export function pythonRule(python: string, rule: string, n: number, d: number, threads: number): LineProcess {
  const count = String(threads);
  return new LineProcess(python, [script, rule, String(n), String(d), count], {
    ...process.env,
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
  });
}

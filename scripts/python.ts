import { join } from 'node:path';
import { installPackages } from './debian.ts';
import { root, run } from './process.ts';

const folder = join(root, 'nodes', 'python');

/** Finds a Python 3 that has numpy, installing Debian's package where there is none. `COVEY_PYTHON` names another one. */
export async function ensurePython(): Promise<string> {
  const found = await findPython();
  if (found) return found;
  await installPackages(['python3-numpy'], {
    needs: 'numpy is needed for the tests of the Python package',
    instead: 'Install numpy yourself, or name a Python that has it in COVEY_PYTHON.',
  });
  const installed = await findPython();
  if (!installed) throw new Error('apt-get installed python3-numpy, but no Python has numpy.');
  return installed;
}

async function findPython(): Promise<string | undefined> {
  const named = process.env['COVEY_PYTHON'];
  for (const python of [...(named ? [named] : []), 'python3', '/usr/bin/python3']) {
    const { code } = await run(python, ['-c', 'import numpy']).catch(() => ({ code: 1 }));
    if (code === 0) return python;
  }
  return undefined;
}

/** Runs the tests of the Python package. */
export async function testPython(): Promise<{ passed: number; failed: number }> {
  const python = await ensurePython();
  const tests = ['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'];
  const { code, stderr } = await run(python, tests, {
    cwd: folder,
    env: { PYTHONPATH: join(folder, 'src'), PYTHONWARNINGS: 'error' },
  });
  const ran = Number(/^Ran (\d+) tests? in/m.exec(stderr)?.[1] ?? 0);
  const bad = [...stderr.matchAll(/(?:failures|errors|skipped|unexpected successes)=(\d+)/g)];
  const failed = bad.reduce((sum, [, count]) => sum + Number(count), 0);
  if (code !== 0 || failed > 0) process.stderr.write(stderr);
  if (code !== 0 && failed === 0) throw new Error(`the tests of the Python package ended with ${code}`);
  return { passed: ran - failed, failed };
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { covey, execute } from '@covey/nodes/cli';

/** What a command line printed and its exit code, in this process. */
export interface Ran {
  code: number;
  out: string;
  err: string;
}

const printed = new AsyncLocalStorage<Ran>();

/** Lets command lines run here, also at once: what they print is theirs, and the environment is this one alone. */
export async function withEnvironment<T>(env: Readonly<Record<string, string>>, use: () => Promise<T>): Promise<T> {
  const kept = { out: process.stdout.write, err: process.stderr.write, env: process.env, exitCode: process.exitCode };
  const into =
    (stream: 'out' | 'err') =>
    (chunk: string | Uint8Array): boolean => {
      const ran = printed.getStore();
      if (ran === undefined) return kept[stream].call(stream === 'out' ? process.stdout : process.stderr, chunk);
      ran[stream] += String(chunk);
      return true;
    };
  process.stdout.write = into('out');
  process.stderr.write = into('err');
  process.env = { PATH: kept.env['PATH'], ...env };
  try {
    return await use();
  } finally {
    process.stdout.write = kept.out;
    process.stderr.write = kept.err;
    process.env = kept.env;
    process.exitCode = kept.exitCode;
  }
}

export async function run(typed: readonly string[]): Promise<Ran> {
  const ran = { code: 0, out: '', err: '' };
  process.exitCode = undefined;
  ran.code = await printed.run(ran, () => execute(covey(), typed));
  return ran;
}

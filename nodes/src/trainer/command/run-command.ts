import { spawn, type ChildProcess } from 'node:child_process';
import { nodeError } from '../../errors.ts';
import { eachLine } from './each-line.ts';

export interface RunCommandParameters {
  /** As one would type it in a shell. */
  command: string;
  /** Added to the environment, from which all of Covey's own is taken. */
  env: Record<string, string>;
  /** Milliseconds after which it is ended. */
  limitMs: number;
  signal?: AbortSignal | undefined;
  /** Hears each line of its stdout and stderr. */
  onLine: (line: string) => void;
}

/** Between asking a command to end and ending it. */
const graceMs = 5_000;
/** What the command left running may hold its output open: it is heard so much longer, and no more. */
const heardMs = 1_000;
/** The longest that a timer takes: 24.8 days. */
const longestMs = 2 ** 31 - 1;
/** Last lines that an error repeats. */
const tail = 5;

/**
 * Waits until the pipe that only the daemon holds the other end of is closed, and ends the process group then: a daemon that
 * was killed leaves nothing behind that goes on training. The command runs without the pipe.
 */
const script = '(read -r _; kill -9 0) <&3 >/dev/null 2>&1 & exec 3<&-; exec /bin/sh -c "$0"';

/**
 * Runs a command to its end in a process group of its own, none of which outlives it. Throws COMMAND_FAILED and
 * COMMAND_TIMEOUT, and the signal's reason. Needs a POSIX shell.
 */
export async function runCommand(parameters: RunCommandParameters): Promise<void> {
  const { command, env, limitMs, signal, onLine } = parameters;
  signal?.throwIfAborted();
  const child = spawn('/bin/sh', ['-c', script, command], {
    env: { ...withoutOwn(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const last: string[] = [];
  const hear = (line: string) => {
    if (last.push(line) > tail) last.shift();
    onLine(line);
  };
  const streams = [child.stdout!, child.stderr!];
  const read = streams.map((stream) => eachLine(stream, hear));
  const group = ending(child);
  let isLate = false;
  const late = setTimeout(
    () => {
      isLate = true;
      group.stop();
    },
    Math.min(limitMs, longestMs),
  );
  signal?.addEventListener('abort', group.stop);
  try {
    const [code, by] = await ended(child);
    group.end();
    const deaf = setTimeout(() => streams.forEach((stream) => stream.destroy()), heardMs);
    await Promise.all(read);
    clearTimeout(deaf);
    signal?.throwIfAborted();
    if (isLate) throw tooLate(limitMs, last);
    if (code !== 0) throw failed(code === null ? `ended by ${by}` : `exit code ${code}`, last);
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', group.stop);
    group.end();
  }
}

/** No key, and no password of one, is in a command's environment. */
function withoutOwn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^COVEY_/i.test(name)));
}

function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, by) => resolve([code, by]));
    child.once('error', (cause) => reject(nodeError('COMMAND_FAILED', 'The command cannot be started.', { cause })));
  });
}

/** How the process group is ended: first as a user would, then as a power cut. */
function ending(child: ChildProcess) {
  let grace: NodeJS.Timeout | undefined;
  const kill = (how: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, how);
    } catch (error) {
      // Nothing of it is left, or what is left is another user's: nobody is there to hear of it where a timer calls.
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  };
  const end = () => {
    clearTimeout(grace);
    kill('SIGKILL');
  };
  const stop = () => {
    kill('SIGTERM');
    grace ??= setTimeout(end, graceMs);
  };
  return { stop, end };
}

function tooLate(limitMs: number, last: readonly string[]) {
  return nodeError('COMMAND_TIMEOUT', 'The training command was ended: the round’s window leaves it no more time.', {
    expected: `at most ${Math.round(limitMs / 1000)} s`,
    got: said('no end by then', last),
  });
}

function failed(how: string, last: readonly string[]) {
  return nodeError('COMMAND_FAILED', 'The training command failed.', {
    expected: 'exit code 0',
    got: said(how, last),
  });
}

function said(how: string, last: readonly string[]): string {
  return last.length === 0 ? `${how}, without a word` : `${how}; it said: ${last.join(' | ')}`;
}

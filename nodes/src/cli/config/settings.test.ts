import { deploymentSchema } from '@covey/governance/deployment';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readDeployment } from '../context.ts';
import { defineCommand, toCommand, type CommandDefinition } from '../define-command.ts';
import { accountOptions, readerOptions, stateOptions } from '../options.ts';
import { covey } from '../program.ts';
import type { Origins } from './settings.ts';

const code = (value: string): unknown => expect.objectContaining({ code: value });
const options = { ...accountOptions, ...readerOptions, ...stateOptions };
const addresses = Object.fromEntries(Object.keys(deploymentSchema.shape).map((name) => [name, `0x${'11'.repeat(20)}`]));
const deployment = { ...addresses, chainId: 31_337, startBlock: 3, beaconKind: 'drand' };

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'covey-config-'))));
afterAll(async () => await rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, JSON.stringify(content));
  return path;
}

/** What a command with the shared options gets from a command line. */
async function given(...args: string[]) {
  let got: { values: Record<string, unknown>; origins: Origins } | undefined;
  const command = defineCommand({
    name: 'look',
    summary: 'Looks',
    examples: ['look'],
    options,
    run: (values, _, origins) => Promise.resolve(void (got = { values, origins })),
  });
  await toCommand(command as unknown as CommandDefinition).parseAsync(args, { from: 'user' });
  return got!;
}

describe('a setting', () => {
  it('is the flag’s, else the environment’s, else the file’s, else the default, and says so', async () => {
    const config = await file('order/covey.json', {
      schema: 'covey.config/1',
      rpc: ['http://file.example', 'http://other.example'],
      ipfs: 'http://file.example',
      agree: 2,
      stateDir: 'state',
    });
    vi.stubEnv('COVEY_IPFS', 'http://environment.example');
    const { values, origins } = await given('--config', config, '--rpc', 'http://flag.example');
    expect(values).toMatchObject({ rpc: 'http://flag.example', ipfs: 'http://environment.example', agree: 2 });
    expect(values.stateDir).toBe(join(folder, 'order', 'state'));
    expect(origins).toMatchObject({
      rpc: { from: 'flag' },
      ipfs: { from: 'environment', where: 'COVEY_IPFS' },
      agree: { from: 'file', where: config },
      gateway: { from: 'nowhere' },
    });
    const file_ = await given('--config', config);
    expect(file_.values.rpc).toBe('http://file.example,http://other.example');
    const bare = await given('--config', await file('bare.json', { schema: 'covey.config/1' }));
    expect(bare).toMatchObject({ values: { stateDir: '.covey/state' }, origins: { rpc: { from: 'default' } } });
  });

  it('names no keystore where the environment has a key', async () => {
    const config = await file('key.json', { schema: 'covey.config/1', keystore: 'node.json' });
    expect((await given('--config', config)).values.keystore).toBe(join(folder, 'node.json'));
    vi.stubEnv('COVEY_PRIVATE_KEY', '0x11');
    expect((await given('--config', config)).values.keystore).toBeUndefined();
  });

  it('may hold the addresses themselves, as a file of addresses alone does', async () => {
    for (const content of [{ schema: 'covey.config/1', deployment }, deployment]) {
      const { values } = await given('--config', await file('addresses.json', content));
      expect(await readDeployment(values as never)).toEqual(deployment);
    }
  });

  it('is refused where it is wrong, and so is a secret', async () => {
    const wrong = [
      [],
      { schema: 'covey.config/2' },
      { schema: 'covey.config/1', rpc: ['no url'] },
      { schema: 'covey.config/1', privateKey: '0x11' },
      { schema: 'covey.config/1', agree: 0 },
    ];
    for (const content of wrong) {
      const config = await file('wrong.json', content);
      await expect(given('--config', config), JSON.stringify(content)).rejects.toEqual(code('CONFIG_INVALID'));
    }
    await expect(given('--config', join(folder, 'none.json'))).rejects.toEqual(code('CONFIG_INVALID'));
  });
});

describe('what deploy/ has', () => {
  const deploy = new URL('../../../../deploy/', import.meta.url);
  const text = async (path: string) => await readFile(new URL(path, deploy), 'utf8');

  it('is a config file that commands take', async () => {
    const { values } = await given('--config', new URL('config.json', deploy).pathname);
    expect(values).toMatchObject({
      rpc: 'http://127.0.0.1:8545,https://rpc.example.org',
      ipfs: 'http://127.0.0.1:5001',
    });
  });

  it.each(['train', 'validate', 'keeper', 'creator', 'seller'])(
    'starts covey %s with options that it has',
    async (name) => {
      const unit = await text('systemd/covey@.service');
      const started = /^ExecStart=\S+covey %i (.*) \$COVEY_OPTIONS$/m.exec(unit)![1]!;
      const line = `${started} ${/^COVEY_OPTIONS=(.*)$/m.exec(await text(`systemd/${name}.env`))![1]!}`;
      const { options } = covey().commands.find((command) => command.name() === name)!;
      const known = options.map(({ long }) => long);
      const used = line.match(/--[a-z-]+/g)!;
      for (const option of used) expect(known, option).toContain(option);
      for (const variable of unit.match(/\bCOVEY_(?!OPTIONS)[A-Z_]+/g)!) {
        const all = covey().commands.flatMap((command) => command.options.map(({ envVar }) => envVar));
        expect(all, variable).toContain(variable);
      }
    },
  );

  it('starts a host, by systemd and in a container, with options that it has', async () => {
    const unit = await text('systemd/covey@host.service.d/serve.conf');
    const [, started] = /^ExecStart=\S+covey (.*) \$COVEY_OPTIONS$/m.exec(unit)!;
    const [, given] = /^COVEY_OPTIONS=(.*)$/m.exec(await text('systemd/host.env'))!;
    const [, contained] = /^ {4}command:\s*\[([^\]]*)\]/m.exec(await text('compose.host.yml'))!;
    for (const line of [`${started} ${given}`, contained!.replaceAll(/[,'\s]+/g, ' ').trim()]) {
      const [group, name, ...options] = line.split(' ');
      const serve = covey()
        .commands.find((command) => command.name() === group)!
        .commands.find((command) => command.name() === name)!;
      const known = serve.options.map(({ long }) => long);
      for (const option of options.filter((word) => word.startsWith('--'))) expect(known, option).toContain(option);
    }
  });

  it('gives the container the command that it runs', async () => {
    const [, run] = /^CMD (\[.*\])$/m.exec(await text('Containerfile'))!;
    const [name, ...args] = JSON.parse(run!) as string[];
    const { options } = covey().commands.find((command) => command.name() === name)!;
    for (const option of args.filter((arg) => arg.startsWith('--')))
      expect(options.map(({ long }) => long)).toContain(option);
  });
});

describe('covey init', () => {
  it('writes a file and a key that commands then go by, and nothing over another', async () => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      const password = join(folder, 'password.txt');
      await writeFile(password, 'secret\n');
      const config = join(folder, 'init', 'config.json');
      const line = ['init', '--deployment', await file('deployment.json', deployment), '--rpc', 'http://a.example'];
      line.push('--config', config, '--new-account', '--light-kdf', '--keystore-dir', join(folder, 'keys'));
      line.push('--json');
      // Where the password is says the environment, as for every command that signs.
      vi.stubEnv('COVEY_PASSWORD_FILE', password);
      await covey().parseAsync(line, { from: 'user' });
      const { account, keystore } = JSON.parse(String(written.mock.lastCall![0])) as Record<string, string>;
      expect(JSON.parse(await readFile(config, 'utf8'))).toMatchObject({
        deployment,
        rpc: ['http://a.example'],
        keystore,
      });
      await covey().parseAsync(['account', 'show', '--config', config, '--json'], { from: 'user' });
      expect(JSON.parse(String(written.mock.lastCall![0]))).toMatchObject({ address: account, file: keystore });
      await expect(covey().parseAsync(line, { from: 'user' })).rejects.toEqual(code('CONFIG_INVALID'));
    } finally {
      written.mockRestore();
      vi.unstubAllEnvs();
    }
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { delegateVotes, governanceForms, messageId, parseEnvelope, verifyEnvelope } from '@covey/governance';
import { testMnemonic } from '@covey/governance/testing';
import { bytesToHex, parseEther } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { covey } from '../testing/covey-process.ts';
import { serveContent, type HttpContent } from '@covey/client/testing';
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts';

const voter = 3;
let network: TestNetwork;
let content: HttpContent;
let common: string[];
beforeAll(async () => {
  network = await startTestNetwork();
  content = await serveContent(network.store);
  await delegateVotes(network.account(voter));
  const deployment = join(network.folder, 'deployment.json');
  await writeFile(deployment, JSON.stringify(network.deployment));
  common = ['--rpc', network.anvil.rpcUrl, '--deployment', deployment, '--json'];
});
afterAll(async () => {
  await content?.stop();
  await network?.stop();
});

async function run(args: string[], account?: number) {
  const key = account === undefined ? undefined : mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey();
  const running = covey([...args, ...common], key ? { COVEY_PRIVATE_KEY: bytesToHex(key.privateKey!) } : {});
  return { code: await running.exit, line: running.lines[0]!, stderr: running.stderr };
}
const addressOf = (account: number) => network.wallet(account).account.address;
const million = String(parseEther('1000000'));

describe('covey delegate', () => {
  it('lends votes, takes them back, and shows both sides', async () => {
    const lent = await run(['delegate', 'to', '--delegate', addressOf(voter)], 4);
    expect(lent).toMatchObject({
      code: 0,
      line: { schema: 'covey.delegate/1', delegate: addressOf(voter), votes: '0', units: million },
    });
    expect(await run(['delegate', 'to', '--self'], voter)).toMatchObject({ code: 0 });
    expect(await run(['delegate', 'show', '--address', addressOf(voter)])).toMatchObject({
      code: 0,
      line: {
        votes: String(2n * BigInt(million)),
        delegators: [{ units: million }, { units: million }],
      },
    });
    await run(['delegate', 'to', '--self'], 4);
    expect(await run(['delegate', 'show', '--address', addressOf(voter)])).toMatchObject({
      line: { votes: million, delegators: [{ address: addressOf(voter) }] },
    });
    expect(await run(['delegate', 'to'], voter)).toMatchObject({
      code: 2,
      line: { error: { code: 'CONFIG_INVALID' } },
    });
  });

  it('signs a statement that a hub can verify; a refusal and silence are told apart', async () => {
    let refuse = false;
    const hub: Server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const envelope = parseEnvelope(JSON.parse(Buffer.concat(chunks).toString()));
        await verifyEnvelope({ envelope, publicClient: network.publicClient });
        const refusal = { error: 'client_error', error_description: 'wrong space' };
        response.end(JSON.stringify(refuse ? refusal : { id: messageId(envelope), ipfs: 'bafy' }));
      })();
    });
    await new Promise<void>((done) => hub.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/api/msg`;
    const text = join(network.folder, 'statement.md');
    await writeFile(text, '# Low fees');
    const statement = ['delegate', 'statement', '--text', text, '--about', 'fees', '--hub-post', url];
    try {
      expect(await run(statement, voter)).toMatchObject({
        code: 0,
        line: {
          schema: 'covey.delegate-statement/1',
          address: addressOf(voter),
          envelope: {
            data: { message: { statement: '# Low fees', about: 'fees', space: 'covey.eth', network: '31337' } },
          },
        },
      });
      refuse = true;
      expect(await run(statement, voter)).toMatchObject({ code: 2, line: { error: { got: 'wrong space' } } });
    } finally {
      await new Promise((done) => hub.close(done));
    }
    expect(await run(statement, voter)).toMatchObject({ code: 4, line: { error: { code: 'CONTENT_UNREACHABLE' } } });
  });
});

describe('covey proposal', () => {
  const forms = ['--form', 'policy.set', '--set', 'param=unlockRatio', '--set', 'value=0.75'];
  const second = ['--form', 'policy.set', '--set', 'param=trainerSeats', '--set', 'value=12'];

  it('lists every form with its fields', async () => {
    const running = covey(['proposal', 'forms', '--json']);
    expect(await running.exit).toBe(0);
    expect(running.lines[0]).toMatchObject({ schema: 'covey.proposal-forms/1' });
    expect(running.lines[0]!.forms).toHaveLength(governanceForms.length);
  });

  it('a dry run shows calls, old and new values and the execution, with no account', async () => {
    const { code, line } = await run(['proposal', 'create', ...forms, ...second, '--dry-run']);
    expect(code).toBe(0);
    expect(line).toMatchObject({
      schema: 'covey.proposal-draft/1',
      calls: [
        {
          contract: 'policy',
          changes: [
            { what: 'policy', oldValue: '400000000000000000', newValue: '750000000000000000', withinBounds: true },
            { what: 'policy', newValue: '12', unit: 'count' },
          ],
        },
      ],
      simulation: { ok: true },
    });
    const failing = await run(['proposal', 'create', '--form', 'task.approve', '--set', 'taskId=999', '--dry-run']);
    expect(failing).toMatchObject({ code: 5, line: { simulation: { ok: false, failure: { index: 0 } } } });
  });

  it('refuses what is no proposal, and says which fields are wrong', async () => {
    const create = (...args: string[]) => run(['proposal', 'create', ...args], voter);
    expect(await create('--title', 'x')).toMatchObject({ code: 2, line: { error: { code: 'CONFIG_INVALID' } } });
    expect(await create(...forms)).toMatchObject({
      code: 2,
      line: { error: { message: 'A proposal needs a title.' } },
    });
    const wrong = await create(
      '--form',
      'policy.set',
      '--set',
      'param=unlockRatio',
      '--set',
      'value=2',
      '--set',
      'x=1',
    );
    expect(wrong).toMatchObject({ code: 2 });
    const { error } = wrong.line as unknown as { error: { message: string } };
    expect(error.message).toMatch(/x is unknown-field.*value is too-large/);
    expect((await create('--form', 'nonsense')).code).toBe(2);
    expect((await create('--set', 'a=1')).code).toBe(2);
  });

  it('is made, described on IPFS, voted, executed and shown with the values of then', async () => {
    const description = join(network.folder, 'why.md');
    await writeFile(description, 'Because **half** is not enough.');
    const about = ['--title', 'Unlock more', '--description', description, '--ipfs', content.url];
    const made = await run(['proposal', 'create', ...forms, ...about], voter);
    expect(made).toMatchObject({ code: 0, line: { schema: 'covey.proposal-create/1' } });
    expect(made.stderr).toContain('unlockRatio): 0.4 -> 0.75');
    const metadata = await network.store.get(made.line.metadata as string);
    expect(JSON.parse(new TextDecoder().decode(metadata))).toEqual({
      title: 'Unlock more',
      summary: '',
      description: await readFile(description, 'utf8'),
      resources: [],
    });
    const proposal = ['--proposal', made.line.proposalId as string];

    expect(await run(['proposal', 'execute', ...proposal], voter)).toMatchObject({
      code: 5,
      line: { error: { code: 'GOV_EXECUTION_FORBIDDEN' } },
    });
    const vote = ['proposal', 'vote', ...proposal, '--option', 'yes'];
    expect(await run(vote, voter)).toMatchObject({ code: 0, line: { votingPower: million } });
    expect(await run([...vote, '--change'], voter)).toMatchObject({
      code: 5,
      line: { error: { code: 'GOV_VOTE_FORBIDDEN' } },
    });
    await network.anvil.advance(3_601);
    expect(await run(['proposal', 'execute', ...proposal], voter)).toMatchObject({ code: 0 });
    const change = { oldValue: '400000000000000000', newValue: '750000000000000000' };
    expect(await run(['proposal', 'show', ...proposal])).toMatchObject({
      code: 0,
      line: { proposal: { state: 'executed' }, calls: [{ changes: [change] }] },
    });
    expect(await run(['proposal', 'list'])).toMatchObject({
      line: { schema: 'covey.proposal-list/1', total: 1, proposals: [{ state: 'executed' }] },
    });
    expect(await run(['proposal', 'show', '--proposal', '99'])).toMatchObject({
      code: 2,
      line: { error: { code: 'GOV_UNKNOWN_PROPOSAL' } },
    });
  });

  it('is read by people too, what cannot be read and what is dangerous included', async () => {
    const grant = ['--form', 'permission.grant', '--set', 'where=dao', '--set', 'permission=EXECUTE'];
    const raw = ['--form', 'call.raw', '--set', `to=${addressOf(9)}`, '--set', 'data=0x12345678'];
    const args = [...grant, '--set', `who=${addressOf(9)}`, ...raw].map(String);
    const running = covey(['proposal', 'create', ...args, '--dry-run', ...common.filter((arg) => arg !== '--json')]);
    expect(await running.exit).toBe(0);
    expect(running.text).toContain(`danger total: ${addressOf(9)} gets EXECUTE`);
    expect(running.text).toContain('none -> granted');
    expect(running.text).toContain(`CANNOT BE READ: ${addressOf(9)} with 0x12345678`);
  });
});

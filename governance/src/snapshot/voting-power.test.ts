import { getAddress, parseEther } from 'viem';
import type { Hex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { coveyTokenAbi } from '@covey/contracts/abi';
import { delegateVotes } from '../actions/index.ts';
import { transact } from '../transact.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey } from '../testing/covey.ts';
import { parseEnvelope } from './envelope.ts';
import { signEnvelope } from './sign.ts';
import { verifyEnvelope } from './verify.ts';
import { votingPower } from './voting-power.ts';

const million = parseEther('1000000');
let anvil: Anvil;
let deployment: Deployment;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 3 });
  ({ deployment } = await deployTestCovey(anvil));
});
afterAll(() => anvil.stop());

test('power is what it was at the block, whatever was moved since', async () => {
  const [a, b] = [anvil.covey(deployment, 1), anvil.covey(deployment, 2)];
  const at = (who: typeof a, block: bigint) =>
    votingPower({ publicClient: anvil.publicClient, token: deployment.token, address: who.sender.address, block });

  const { receipt } = await delegateVotes(a);
  await delegateVotes(b);
  const moved = await transact(a.sender, {
    address: deployment.token,
    abi: coveyTokenAbi,
    functionName: 'transfer',
    args: [b.sender.address, million],
    what: 'x',
  });
  await anvil.testClient.mine({ blocks: 1 });

  expect(await at(a, receipt.blockNumber - 1n)).toBe(0n);
  expect(await at(a, receipt.blockNumber)).toBe(million);
  expect(await at(b, receipt.blockNumber)).toBe(0n);
  expect(await at(a, moved.blockNumber)).toBe(0n);
  expect(await at(b, moved.blockNumber)).toBe(2n * million);
});

test('a block that is not past yet is refused', async () => {
  const block = await anvil.publicClient.getBlockNumber();
  await expect(
    votingPower({
      publicClient: anvil.publicClient,
      token: deployment.token,
      address: deployment.dao,
      block: block + 10n,
    }),
  ).rejects.toMatchObject({ code: 'CONTRACT_REVERTED' });
});

/**
 * A wallet contract that accepts every signature that starts with 0x42, in EVM code:
 * `isValidSignature(bytes32,bytes)` reads the first byte of the bytes at calldata 0x64 and answers the ERC-1271 magic
 * left-aligned when it is 0x42, zero otherwise.
 */
const walletCode = '0x60643560f81c604214601657600060005260206000f35b631626ba7e60e01b60005260206000f3' as const;

test('a contract may sign by ERC-1271, when there is a chain to ask', async () => {
  const contract = getAddress('0x00000000000000000000000000000000c0ffee00');
  await anvil.testClient.setCode({ address: contract, bytecode: walletCode });
  const { data } = await signEnvelope(anvil.wallet(1), {
    kind: 'vote',
    message: { space: 'covey', timestamp: 1, proposal: '0x', choice: 1, reason: '', app: '', metadata: '{}' },
  });
  const byContract = (sig: Hex) =>
    parseEnvelope({ address: contract, sig, data: { ...data, message: { ...data.message, from: contract } } });
  const { publicClient } = anvil;
  expect(await verifyEnvelope({ envelope: byContract('0x42'), publicClient })).toMatchObject({ scheme: 'erc1271' });
  await expect(verifyEnvelope({ envelope: byContract('0x43'), publicClient })).rejects.toMatchObject({
    code: 'GOV_ENVELOPE_SIGNATURE',
  });
  await expect(verifyEnvelope({ envelope: byContract('0x42') })).rejects.toMatchObject({
    code: 'GOV_ENVELOPE_SIGNATURE',
  });
});

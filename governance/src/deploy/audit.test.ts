import { createWalletClient, encodeFunctionData, getAddress, http, parseEther } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daoAbi } from '@covey/contracts/abi';
import { daoBytecode } from '@covey/contracts/abi/bytecode/dao';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from '../catalogue/action.ts';
import { setCustodian } from '../catalogue/custody.ts';
import { setTrustedForwarder } from '../catalogue/dao.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey } from '../testing/covey.ts';
import { auditPermissions } from './audit.ts';

let anvil: Anvil;
let deployment: Deployment;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 3 });
  ({ deployment } = await deployTestCovey(anvil));
});
afterAll(() => anvil.stop());

async function asDao({ to, data }: Pick<Action, 'to' | 'data'>) {
  const { dao } = deployment;
  await anvil.testClient.impersonateAccount({ address: dao });
  await anvil.testClient.setBalance({ address: dao, value: parseEther('1') });
  const wallet = createWalletClient({ account: dao, chain: anvil.chain, transport: http(anvil.rpcUrl) });
  const hash = await wallet.sendTransaction({ to, data, gas: 1_000_000n });
  expect((await anvil.publicClient.waitForTransactionReceipt({ hash })).status).toBe('success');
}

test('a key as custodian of votes, a key that speaks for everybody and other code of the DAO are found', async () => {
  const before = await auditPermissions(anvil.covey(deployment));
  expect(before).toMatchObject({ ok: true, findings: [] });
  const key = anvil.accounts[2]!.address;
  const hash = await anvil.wallet(0).deployContract({ abi: daoAbi, bytecode: daoBytecode, args: [] });
  const { contractAddress } = await anvil.publicClient.waitForTransactionReceipt({ hash });
  const code = contractAddress!;
  await asDao(setCustodian(deployment, { custodian: key, kind: 'escrow' }));
  await asDao(setTrustedForwarder(deployment, key));
  await asDao({
    to: deployment.dao,
    data: encodeFunctionData({ abi: daoAbi, functionName: 'upgradeTo', args: [code] }),
  });
  const audit = await auditPermissions(anvil.covey(deployment));
  // No permission changed: by them alone, all would be well.
  expect(audit).toMatchObject({ ok: false, missing: [], unexpected: [], outsiders: [] });
  expect(audit.findings).toMatchObject([
    { what: 'custodian', address: getAddress(key), expected: 'none', got: 'escrow' },
    { what: 'implementation', address: getAddress(code) },
    { what: 'forwarder', address: getAddress(key) },
  ]);
  const { daoImplementation, ...others } = audit.codeHashes;
  const { daoImplementation: old, ...same } = before.codeHashes;
  expect(daoImplementation).not.toBe(old);
  expect(others).toEqual(same);
});

import { encodeFunctionData, getAddress, keccak256, parseEther, stringToHex, zeroHash } from 'viem';
import type { Abi } from 'viem';
import { readContract } from 'viem/actions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contractAbis, coveyTokenAbi, daoAbi, pluginRepoAbi, policyAbi, tokenVotingAbi } from '@covey/contracts/abi';
import {
  coveyTokenConstants,
  permissionsConstants,
  rewardStateConstants,
  slashCourtConstants,
  stakeAllocationsConstants,
  taskManagerConstants,
  voteEscrowConstants,
} from '@covey/contracts/abi/constants';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { custodianKinds, params } from '@covey/contracts/abi/enums';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { defaultPolicy } from '../catalogue/policy-values.ts';
import { transact } from '../transact.ts';
import { deploymentSchema } from '../deployment.ts';
import { expectedGrants, permissionId, permissionNames } from '../permissions.ts';
import type { PermissionName } from '../permissions.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey, testTreasury, testVotingSettings } from '../testing/covey.ts';
import type { TestCovey } from '../testing/covey.ts';
import { auditPermissions } from './audit.ts';
import { deployCovey, liquidAtGenesis } from './covey.ts';

let anvil: Anvil;
let covey: TestCovey;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 5 });
  covey = await deployTestCovey(anvil);
});
afterAll(() => anvil.stop());

/** By name; what else a deployment says is no contract. */
const contractsOf = ({ chainId: _chainId, startBlock: _block, beaconKind: _kind, ...contracts }: Deployment) =>
  contracts;

describe('deployCovey', () => {
  test('every permission is where it belongs, and no key holds any', async () => {
    const audit = await auditPermissions(anvil.covey(covey.deployment));
    expect(audit).toMatchObject({ ok: true, missing: [], unexpected: [], outsiders: [] });
    expect(audit.live).toHaveLength(expectedGrants(covey.deployment).length);
  });

  test('the deployer has no permission anywhere, by the DAO’s own word', async () => {
    const contracts = contractsOf(covey.deployment);
    const deployer = anvil.wallet(0).account.address;
    for (const where of Object.values(contracts)) {
      for (const name of permissionNames) {
        const held = await readContract(anvil.publicClient, {
          address: covey.deployment.dao,
          abi: daoAbi,
          functionName: 'hasPermission',
          args: [where, deployer, permissionId(name), '0x'],
        });
        expect(held, `${name} on ${where}`).toBe(false);
      }
    }
  });

  test('the deployer can neither execute for the DAO nor call what only the DAO may', async () => {
    const { sender } = anvil.covey(covey.deployment, 0);
    const { dao, policy, token } = covey.deployment;
    const execute = {
      address: dao,
      abi: daoAbi,
      functionName: 'execute',
      args: [zeroHash, [], 0n],
      what: 'x',
    } as const;
    await expect(transact(sender, execute)).rejects.toThrow(/Unauthorized/);
    const set = {
      address: policy,
      abi: policyAbi,
      functionName: 'set',
      args: [[{ param: 0, value: 1n }]],
      what: 'x',
    } as const;
    await expect(transact(sender, set)).rejects.toThrow(/DaoUnauthorized/);
    const mint = {
      address: token,
      abi: coveyTokenAbi,
      functionName: 'mint',
      args: [sender.address, 1n],
      what: 'x',
    } as const;
    await expect(transact(sender, mint)).rejects.toThrow(/DaoUnauthorized/);
    const grant = {
      address: dao,
      abi: daoAbi,
      functionName: 'grant',
      args: [dao, sender.address, permissionId('EXECUTE')],
      what: 'x',
    } as const;
    await expect(transact(sender, grant)).rejects.toThrow(/Unauthorized/);
  });

  test('TokenVoting counts our token as it is, with the settings that were asked for', async () => {
    const voting = { address: covey.deployment.tokenVoting, abi: tokenVotingAbi } as const;
    expect(await readContract(anvil.publicClient, { ...voting, functionName: 'getVotingToken' })).toBe(
      covey.deployment.token,
    );
    expect(await readContract(anvil.publicClient, { ...voting, functionName: 'minDuration' })).toBe(
      testVotingSettings.minDuration,
    );
    expect(await readContract(anvil.publicClient, { ...voting, functionName: 'supportThreshold' })).toBe(500_000);
    expect(await readContract(anvil.publicClient, { ...voting, functionName: 'dao' })).toBe(covey.deployment.dao);
  });

  test('the numbers that a policy is given by default are the contract’s own', async () => {
    const policy = { address: covey.deployment.policy, abi: policyAbi } as const;
    const defaults = await readContract(anvil.publicClient, { ...policy, functionName: 'defaults' });
    expect(Object.fromEntries(params.map((name, index) => [name, defaults[index]]))).toEqual(defaultPolicy);
    const rows = await Promise.all(
      params.map((_, index) =>
        readContract(anvil.publicClient, { ...policy, functionName: 'describe', args: [index] }),
      ),
    );
    expect(rows).toEqual(params.map((name) => ({ name, ...policyNumbers[name] })));
    expect(await readContract(anvil.publicClient, { ...policy, functionName: 'valuesAt', args: [1] })).toEqual(
      defaults,
    );
  });

  test('constants are what the contracts answer', async () => {
    const groups = [
      ['taskManager', taskManagerConstants],
      ['slashCourt', slashCourtConstants],
      ['stakeManager', stakeAllocationsConstants],
      ['token', coveyTokenConstants],
      ['voteEscrow', voteEscrowConstants],
      ['rewardDistributor', rewardStateConstants],
    ] as const;
    for (const [contract, constants] of groups) {
      const at = { address: covey.deployment[contract], abi: contractAbis[contract] as Abi };
      for (const [functionName, value] of Object.entries(constants)) {
        expect([functionName, await readContract(anvil.publicClient, { ...at, functionName })]).toEqual([
          functionName,
          value,
        ]);
      }
    }
    for (const [name, id] of Object.entries(permissionsConstants)) {
      expect(permissionId(name.replace(/_PERMISSION$/, '') as PermissionName)).toBe(id);
    }
  });

  test('the framework is nobody’s: its managing DAO and the TokenVoting repository obey no key', async () => {
    const deployer = anvil.wallet(0).account.address;
    const { managingDao, tokenVotingRepo } = covey.framework;
    const root = permissionId('ROOT');
    const managed = { address: managingDao, abi: daoAbi, functionName: 'hasPermission' } as const;
    expect(await readContract(anvil.publicClient, { ...managed, args: [managingDao, deployer, root, '0x'] })).toBe(
      false,
    );
    expect(await readContract(anvil.publicClient, { ...managed, args: [managingDao, managingDao, root, '0x'] })).toBe(
      true,
    );
    const repo = { address: tokenVotingRepo, abi: pluginRepoAbi, functionName: 'isGranted' } as const;
    for (const id of [root, keccak256(stringToHex('MAINTAINER_PERMISSION'))]) {
      expect(await readContract(anvil.publicClient, { ...repo, args: [tokenVotingRepo, deployer, id, '0x'] })).toBe(
        false,
      );
    }
  });

  test('genesis: 12.8 % of the cap is liquid, the rest of three allocations vests, the community share is not there', async () => {
    const token = { address: covey.deployment.token, abi: coveyTokenAbi } as const;
    const read = { ...token, functionName: 'balanceOf' } as const;
    expect(await readContract(anvil.publicClient, { ...token, functionName: 'totalSupply' })).toBe(
      parseEther('530000000'),
    );
    expect(await readContract(anvil.publicClient, { ...read, args: [testTreasury] })).toBe(
      liquidAtGenesis - parseEther('5000000'),
    );
    const logs = await anvil.publicClient.getContractEvents({ ...token, eventName: 'GenesisAllocated', fromBlock: 0n });
    const vesting = await Promise.all(
      logs.map(async ({ args }) => [
        args.allocation,
        await readContract(anvil.publicClient, { ...read, args: [args.vestingWallet!] }),
      ]),
    );
    expect(Object.fromEntries(vesting)).toEqual({
      team: parseEther('170000000'),
      investors: parseEther('163000000'),
      ecosystem: parseEther('69000000'),
    });
  });

  test('stake manager and escrow may keep voting tokens, and nobody else', async () => {
    const contracts = contractsOf(covey.deployment);
    const kinds = await Promise.all(
      Object.entries(contracts).map(async ([name, address]) => {
        const token = { address: contracts.token, abi: coveyTokenAbi, functionName: 'custodianKind' } as const;
        return [name, custodianKinds[await readContract(anvil.publicClient, { ...token, args: [address] })]];
      }),
    );
    expect(Object.fromEntries(kinds.filter(([, kind]) => kind !== 'none'))).toEqual({
      stakeManager: 'custodian',
      voteEscrow: 'escrow',
    });
  });

  test('the deployment file that is written is one that every client reads', () => {
    expect(deploymentSchema.parse(JSON.parse(JSON.stringify(covey.deployment)))).toEqual(covey.deployment);
    const { emission: _, ...incomplete } = covey.deployment;
    expect(deploymentSchema.safeParse(incomplete).success).toBe(false);
  });

  test('a value out of the policy’s bounds stops the deployment', async () => {
    const wrong = { ...defaultPolicy, rankRatio: 2n * 10n ** 18n };
    await expect(
      deployCovey({
        client: anvil.wallet(1),
        framework: covey.framework,
        genesis: {
          team: testTreasury,
          investors: testTreasury,
          ecosystem: testTreasury,
          liquid: [{ recipient: testTreasury, amount: liquidAtGenesis }],
        },
        scorer: `0x${'5c'.repeat(32)}`,
        beacon: { kind: 'block-hash', distance: 32n },
        policyValues: params.map((name) => wrong[name]),
        votingSettings: testVotingSettings,
        metadata: '',
      }),
    ).rejects.toThrow(
      /Deploying Policy was refused: A governed number .* \(param rankRatio, value 200 %, min 0 %, max 100 %\)/,
    );
  });
});

describe('auditPermissions', () => {
  test('finds what is too much, what is missing, and keys that hold anything', async () => {
    const own = await startAnvil({ accounts: 2 });
    try {
      const { deployment } = await deployTestCovey(own);
      const { dao, policy, stakeManager, slashCourt } = deployment;
      const stranger = own.wallet(1).account.address;
      // What a majority could decide; here the chain lets us speak for the DAO.
      await own.testClient.impersonateAccount({ address: dao });
      await own.testClient.setBalance({ address: dao, value: parseEther('1') });
      const asDao = async (
        functionName: 'grant' | 'revoke',
        args: readonly [`0x${string}`, `0x${string}`, `0x${string}`],
      ) => {
        const data = encodeFunctionData({ abi: daoAbi, functionName, args });
        const hash = await own.testClient.request({
          method: 'eth_sendTransaction' as never,
          params: [{ from: dao, to: dao, data }] as never,
        });
        await own.publicClient.waitForTransactionReceipt({ hash: hash as `0x${string}` });
      };
      await asDao('grant', [policy, stranger, permissionId('SET_POLICY')]);
      await asDao('revoke', [stakeManager, slashCourt, permissionId('SLASH')]);
      await asDao('grant', [policy, slashCourt, keccak256(stringToHex('UNHEARD_OF_PERMISSION'))]);

      const audit = await auditPermissions(own.covey(deployment));
      expect(audit.ok).toBe(false);
      expect(audit.missing).toMatchObject([{ where: stakeManager, who: slashCourt, permission: 'SLASH' }]);
      expect(audit.unexpected).toMatchObject([
        { where: policy, who: getAddress(stranger), permission: 'SET_POLICY' },
        { where: policy, who: slashCourt },
      ]);
      expect(audit.outsiders).toMatchObject([{ who: getAddress(stranger), permission: 'SET_POLICY' }]);
    } finally {
      await own.stop();
    }
  });
});

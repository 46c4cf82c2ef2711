import { encodeFunctionData, getAddress, parseEther } from 'viem';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daoAbi, policyAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import { resultHash } from '@covey/protocol';
import { createProposal, delegateVotes, execute, vote } from '../actions/index.ts';
import { permissionId } from '../permissions.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey } from '../testing/covey.ts';
import { decodeActions } from './decode.ts';
import type { Action } from './action.ts';
import type { PolicyChange } from './decoded.ts';
import { defaultPolicy } from './policy-values.ts';
import {
  approveTask,
  brokenRelations,
  overturnSlash,
  pausableContracts,
  pauseDeposits,
  rejectTask,
  resumeDeposits,
  ruleCiphertextWithheld,
  ruleRound,
  setCustodian,
  setMultiplier,
  setPolicy,
  setScorer,
  stopTask,
  transferCoins,
  transferTokens,
} from './index.ts';

const stranger = getAddress('0x00000000000000000000000000000000000057a1');
const scorer: Hex = `0x${'5c'.repeat(32)}`;
const nextScorer: Hex = `0x${'6d'.repeat(32)}`;
const summary = {
  documentDigest: scorer,
  claimsRoot: nextScorer,
  claimants: 3,
  paidSeats: 9,
  sumWeights: 7n,
  trainersRatio: 10n ** 18n,
  model: { codec: 0x55n, digest: scorer },
  refereeRoot: `0x${'00'.repeat(32)}` as Hex,
  shardInvalid: false,
};

let anvil: Anvil;
let deployment: Deployment;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 2 });
  ({ deployment } = await deployTestCovey(anvil, { scorer }));
});
afterAll(() => anvil.stop());

const decode = async (...actions: Action[]) => decodeActions(anvil.covey(deployment), actions);

describe('every builder is read back as what it says', () => {
  test.each([
    ['approve', approveTask],
    ['reject', rejectTask],
    ['stop', stopTask],
  ] as const)('%s a task', async (name, build) => {
    expect(await decode(build(deployment, 7n))).toMatchObject([
      { kind: 'call', contract: 'taskManager', function: name, args: [{ name: 'taskId', type: 'uint256', value: 7n }] },
    ]);
  });

  test('set the weight of a task in the emission', async () => {
    expect(await decode(setMultiplier(deployment, { taskId: 7n, multiplier: 2n * 10n ** 18n }))).toMatchObject([
      { contract: 'taskManager', function: 'setMultiplier', args: [{ value: 7n }, { value: 2n * 10n ** 18n }] },
    ]);
  });

  test('make a custodian', async () => {
    expect(await decode(setCustodian(deployment, { custodian: deployment.voteEscrow, kind: 'escrow' }))).toMatchObject([
      {
        contract: 'token',
        function: 'setCustodian',
        args: [{ label: 'voteEscrow' }, { name: 'kind', value: 2, label: 'escrow' }],
      },
    ]);
  });

  test.each(pausableContracts)('pause and resume deposits of %s', async (contract) => {
    const actions = [pauseDeposits(deployment, { contract, until: 2_000_000 }), resumeDeposits(deployment, contract)];
    expect(await decode(...actions)).toMatchObject([
      { kind: 'call', contract, function: 'pauseDeposits', args: [{ name: 'until', value: 2_000_000 }] },
      { kind: 'call', contract, function: 'resumeDeposits', args: [] },
    ]);
  });

  test('overturn a slash', async () => {
    expect(await decode(overturnSlash(deployment, 3n))).toMatchObject([
      { kind: 'call', contract: 'slashCourt', function: 'overturn', args: [{ name: 'caseId', value: 3n }] },
    ]);
  });

  test('rule a round', async () => {
    const about = [
      { name: 'taskId', value: '1' },
      { name: 'round', value: '2' },
    ];
    expect(await decode(ruleRound(deployment, { taskId: 1n, round: 2, summary }))).toMatchObject([
      {
        kind: 'call',
        contract: 'results',
        function: 'rule',
        args: [{ value: 1n }, { value: 2 }, { name: 'summary', value: summary }],
        // Nobody opened the round: there is nothing that would be replaced.
        changes: [
          { what: 'round.phase', about, oldValue: null, newValue: 'claimable' },
          { what: 'round.result', about, oldValue: null, newValue: resultHash(summary) },
        ],
      },
    ]);
  });

  test('rule that a ciphertext was withheld', async () => {
    expect(await decode(ruleCiphertextWithheld(deployment, { taskId: 1n, round: 2 }))).toMatchObject([
      {
        kind: 'call',
        contract: 'results',
        function: 'ruleCiphertextWithheld',
        args: [{ value: 1n }, { value: 2 }],
      },
    ]);
  });

  test('pay tokens and coins from the treasury', async () => {
    const decoded = await decode(
      transferTokens(deployment, { to: deployment.stakeManager, amount: 5n }),
      transferCoins({ to: stranger, amount: 6n }),
    );
    expect(decoded).toMatchObject([
      { kind: 'call', contract: 'token', function: 'transfer', args: [{ label: 'stakeManager' }, { value: 5n }] },
      { kind: 'payment', to: stranger, value: 6n },
    ]);
    expect(decoded[1]).not.toHaveProperty('contract');
  });
});

describe('policy changes', () => {
  test('are shown from the value on chain to the new one, with unit and bounds', async () => {
    const [call] = await decode(setPolicy(deployment, [{ param: 'unlockRatio', value: 10n ** 18n }]));
    expect(call).toMatchObject({
      kind: 'call',
      policyChanges: [
        {
          param: 'unlockRatio',
          unit: 'ratio',
          oldValue: defaultPolicy.unlockRatio,
          newValue: 10n ** 18n,
          max: 10n ** 18n,
          withinBounds: true,
        },
      ],
    });
  });

  test('a second change of the same number starts from the first', async () => {
    const decoded = await decode(
      setPolicy(deployment, [{ param: 'trainerSeats', value: 10n }]),
      setPolicy(deployment, [{ param: 'trainerSeats', value: 12n }]),
      setScorer(deployment, nextScorer),
      setScorer(deployment, scorer),
    );
    expect(decoded).toMatchObject([
      { policyChanges: [{ oldValue: defaultPolicy.trainerSeats, newValue: 10n, unit: 'count' }] },
      { policyChanges: [{ oldValue: 10n, newValue: 12n }] },
      { scorerChange: { oldScorer: scorer, newScorer: nextScorer } },
      { scorerChange: { oldScorer: nextScorer, newScorer: scorer } },
    ]);
  });

  test('one that the contract will refuse is marked', async () => {
    const [call] = await decode(setPolicy(deployment, [{ param: 'roundFee', value: 10n ** 18n }]));
    expect(call).toMatchObject({ policyChanges: [{ withinBounds: false }] });
  });

  test('numbers that do not fit each other are marked, as the contract refuses them', async () => {
    const set = (changes: Partial<Record<ParamName, bigint>>) =>
      setPolicy(
        deployment,
        Object.entries(changes).map(([param, value]) => ({ param: param as ParamName, value })),
      );
    const seconds = 86_400n;
    const cases: [Partial<Record<ParamName, bigint>>, string | undefined][] = [
      [{ slashResultMismatch: 4n * 10n ** 17n }, 'SecurityTooHigh'],
      [{ slashResultMismatch: 4n * 10n ** 17n, securityRatio: 36n * 10n ** 16n }, undefined],
      [{ slashResultMismatch: 4n * 10n ** 17n, securityRatio: 36n * 10n ** 16n + 1n }, 'SecurityTooHigh'],
      [{ maxWindow: 40n * seconds }, 'CooldownTooShort'],
      [{ unstakeCooldown: 30n * seconds }, 'CooldownTooShort'],
      [{ minWindow: 7n * seconds, maxWindow: 7n * seconds }, undefined],
      [{ minWindow: 7n * seconds, maxWindow: 7n * seconds - 1n }, 'InconsistentWindows'],
      [{ rankRatio: 0n }, undefined],
    ];
    for (const [changes, error] of cases) {
      const action = set(changes);
      const [call] = await decode(action);
      const marked = (call as { policyChanges: PolicyChange[] }).policyChanges.map(({ withinBounds }) => withinBounds);
      expect(brokenRelations({ ...defaultPolicy, ...changes }).map((broken) => broken.error)).toEqual(
        error ? [error] : [],
      );
      expect(marked.every(Boolean)).toBe(error === undefined);
      const executed = anvil.publicClient.simulateContract({
        ...{ address: deployment.policy, abi: policyAbi, functionName: 'set', account: deployment.dao },
        args: [Object.entries(changes).map(([param, value]) => ({ param: params.indexOf(param as ParamName), value }))],
      });
      if (error) await expect(executed).rejects.toThrow(error);
      else await expect(executed).resolves.toBeDefined();
    }
    // What an earlier call has set counts.
    const [, after] = await decode(set({ securityRatio: 10n ** 17n }), set({ slashResultMismatch: 2n * 10n ** 17n }));
    expect(after).toMatchObject({ policyChanges: [{ withinBounds: true }] });
  });

  test('after execution the old value is read from the block before', async () => {
    const author = anvil.covey(deployment, 1);
    await delegateVotes(author);
    const actions = [setPolicy(deployment, [{ param: 'vestingDuration', value: 1_000n }])];
    const { proposalId } = await createProposal(author, { metadata: '', actions });
    await vote(author, { proposalId, option: 'yes' });
    await anvil.advance(3_601);
    const { receipt } = await execute(author, { proposalId });
    const blockNumber = receipt.blockNumber - 1n;
    expect(await decodeActions(anvil.covey(deployment), actions, { blockNumber })).toMatchObject([
      { policyChanges: [{ oldValue: defaultPolicy.vestingDuration, newValue: 1_000n }] },
    ]);
    expect(await decode(...actions)).toMatchObject([{ policyChanges: [{ oldValue: 1_000n }] }]);
  });

  test.each(params)('%s is shown with the unit and bounds that the contract gives it', async (param) => {
    const [call] = await decode(setPolicy(deployment, [{ param, value: defaultPolicy[param] }]));
    const [change] = (call as { policyChanges: PolicyChange[] }).policyChanges;
    expect(change).toMatchObject({ param, newValue: defaultPolicy[param], withinBounds: true });
    expect(['ratio', 'wei', 'seconds', 'count', 'bytes']).toContain(change!.unit);
  });

  test('unknown and missing numbers are refused before anybody votes', () => {
    const build = (settings: unknown) => () => setPolicy(deployment, settings as never);
    expect(build([{ param: 'gama', value: 1n }])).toThrowError(
      expect.objectContaining({ code: 'GOV_UNKNOWN_PARAM' }) as Error,
    );
    expect(build([])).toThrowError(expect.objectContaining({ code: 'GOV_INVALID_ARGUMENT' }) as Error);
  });
});

describe('nothing is hidden', () => {
  test('grants name the permission and the contracts', async () => {
    const data = encodeFunctionData({
      abi: daoAbi,
      functionName: 'grant',
      args: [deployment.policy, stranger, permissionId('SET_POLICY')],
    });
    const [call] = await decode({ to: deployment.dao, value: 0n, data });
    expect(call).toMatchObject({
      contract: 'dao',
      function: 'grant',
      args: [{ label: 'policy' }, { value: stranger }, { label: 'SET_POLICY' }],
    });
    expect((call as { args: object[] }).args[1]).not.toHaveProperty('label');
  });

  const known = () => approveTask(deployment, 1n).data;
  test.each([
    ['another contract', () => ({ to: stranger, data: known() })],
    ['an unknown function', () => ({ to: deployment.policy, data: '0x12345678' as Hex })],
    ['less than a selector', () => ({ to: deployment.policy, data: '0x1234' as Hex })],
    ['arguments cut short', () => ({ to: deployment.taskManager, data: known().slice(0, -2) as Hex })],
    ['bytes behind the arguments', () => ({ to: deployment.taskManager, data: `${known()}00` as Hex })],
    [
      'a policy number that does not exist',
      () => ({
        to: deployment.policy,
        data: setPolicy(deployment, [{ param: 'rankRatio', value: 1n }]).data.replace(
          /0{64}(0{63}1)$/,
          `${'0'.repeat(62)}ff$1`,
        ) as Hex,
      }),
    ],
  ])('%s stays in the list', async (what, build) => {
    const action = { value: parseEther('1'), ...build() };
    const decoded = await decode(approveTask(deployment, 1n), action, approveTask(deployment, 2n));
    expect(decoded).toHaveLength(3);
    expect(decoded[1]).toMatchObject({ value: parseEther('1'), data: action.data, to: action.to });
    if (what.startsWith('a policy'))
      expect(decoded[1]).toMatchObject({ kind: 'call', function: 'set', args: [{ value: [{ param: 255 }] }] });
    else expect(decoded[1]?.kind).toBe('raw');
  });
});

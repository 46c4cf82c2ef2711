// What the account of a node has, and the scorer that its rounds would be scored with.
import { chainError, codecs, readActingFor, readAllocations, readBalance, readScorer, readStake } from '@covey/client';
import type { ContentReader, CoveyChain } from '@covey/client';
import { policyAbi } from '@covey/contracts/abi';
import { allocatedStake, cidFromChain } from '@covey/protocol';
import { type Address, type Hex } from 'viem';
import { fail, ok, warn, type Finding } from '../creator/check/finding.ts';
import { gasOfRound } from '../daemon/gas-of-steps.ts';
import { coveyText, etherText } from '../quantities.ts';
import { ApprovedScorers } from '../validator/approved-scorers.ts';

/** Rounds for which there should be currency. */
const rounds = 10n;

export async function checkAccount(covey: CoveyChain, account: Address): Promise<Finding[]> {
  const { publicClient } = covey;
  try {
    const [native, price, tokens, node] = await Promise.all([
      publicClient.getBalance({ address: account }),
      publicClient.getGasPrice(),
      readBalance(covey, account),
      readActingFor(covey, account),
    ]);
    const [stake, { allocations }] = await Promise.all([readStake(covey, node), readAllocations(covey, node)]);
    return [
      checkGas(native, gasOfRound * price),
      checkTokens(tokens, stake.own, node === account ? undefined : node),
      checkAllocations(allocations, stake.own),
    ];
  } catch (cause) {
    throw chainError(cause, `reading what ${account} has`);
  }
}

function checkGas(native: bigint, round: bigint): Finding {
  const value = `${etherText(native)} of the chain’s own currency`;
  const bound = `about ${etherText(round)} a round`;
  if (native >= rounds * round && native > 0n) return ok('gas', value, bound);
  const next = `Send some to the account: ${rounds} rounds take about ${etherText(rounds * round)}.`;
  return native < round || native === 0n ? fail('gas', value, bound, next) : warn('gas', value, bound, next);
}

/** `node`: the one that the account acts for, where that is another. */
function checkTokens(tokens: bigint, staked: bigint, node: Address | undefined): Finding {
  const value =
    node === undefined
      ? `${coveyText(tokens)} free, ${coveyText(staked)} staked by the account itself`
      : `${coveyText(tokens)} free, ${coveyText(staked)} staked by node ${node}, for which it acts`;
  const bound = 'a node stakes; who delegates or creates needs tokens';
  if (tokens + staked > 0n) return ok('covey', value, bound);
  return warn('covey', value, bound, 'Get COVEY, then `covey stake add --amount …`.');
}

function checkAllocations(
  allocations: readonly { taskId: bigint; role: string; ratio: bigint }[],
  own: bigint,
): Finding {
  const bound = 'a round counts what was allocated before it opened';
  const now = allocations.filter(({ ratio }) => ratio > 0n);
  const told = now.map(
    ({ taskId, role, ratio }) => `task ${taskId} as ${role} ${coveyText(allocatedStake(own, ratio))}`,
  );
  if (told.length > 0) return ok('allocation', told.join(', '), bound);
  const next = 'A node that runs allocates by itself; or `covey stake allocate --task … --role … --ratio …`.';
  return warn('allocation', 'none', bound, next);
}

/** The scorer that the policy in force approves: this installation's own, else one that IPFS has. */
export async function checkScorer(
  covey: CoveyChain,
  reader: ContentReader,
  own: { bytes: Uint8Array; sha256: Hex },
): Promise<Finding> {
  const contract = { address: covey.deployment.policy, abi: policyAbi } as const;
  const version = await covey.publicClient.readContract({ ...contract, functionName: 'version' });
  const approved = await readScorer(covey, version);
  const bound = `SHA-256 ${approved}, approved by the DAO`;
  if (approved === own.sha256) return ok('scorer', 'this installation has it', bound);
  const cid = cidFromChain({ codec: BigInt(codecs.raw), digest: approved });
  try {
    await new ApprovedScorers({ own: () => Promise.resolve(own.bytes), reader }).load(
      approved,
      AbortSignal.timeout(20_000),
    );
  } catch {
    return fail(
      'scorer',
      `this installation has ${own.sha256}, and IPFS does not give ${cid}`,
      bound,
      'Install the release of Covey that has it.',
    );
  }
  return warn(
    'scorer',
    `this installation has ${own.sha256}; ${cid} came from IPFS`,
    bound,
    'Install the release of Covey that has it: IPFS is needed at each start now.',
  );
}

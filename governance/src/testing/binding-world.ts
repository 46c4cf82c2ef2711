import { parseEther } from 'viem';
import type { Address, Hex, PrivateKeyAccount } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { delegateVotes } from '../actions/delegate-votes.ts';
import type { Action } from '../catalogue/action.ts';
import { setPolicy } from '../catalogue/policy.ts';
import type { EnvelopeOf } from '../snapshot/envelope.ts';
import type { SnapshotMessage } from '../snapshot/types.ts';
import { bindingMessage } from '../snapshot-voting/binding-message.ts';
import { getBoundProposal } from '../snapshot-voting/get-bound-proposal.ts';
import type { BoundProposal, BoundState } from '../snapshot-voting/get-bound-proposal.ts';
import { registerProposal } from '../snapshot-voting/register-proposal.ts';
import { startAnvil, testMnemonic } from './anvil.ts';
import type { Anvil } from './anvil.ts';
import { deployTestCovey } from './covey.ts';
import type { TestCovey } from './covey.ts';
import { ethersSigner, openSnapshotInbox, viemSigner } from './snapshot-inbox.ts';
import { installSnapshotVoting } from './snapshot-voting.ts';

const space = 'covey.eth';

type Draft = Partial<Parameters<typeof bindingMessage>[0]>;

/** One binding proposal: registered, unless told otherwise, and signed by the real snapshot.js. */
export interface OpenProposal {
  id: Hex;
  message: SnapshotMessage<'proposal'>;
  actions: Action[];
  /** A vote by test account number `voter`; snapshot.js signs it with ethers for even ones, with viem for odd ones. */
  cast(
    voter: number,
    choice: number,
    more?: { at?: number; from?: string; reason?: string },
  ): Promise<EnvelopeOf<'vote'>>;
  read(): Promise<BoundProposal>;
  state(): Promise<BoundState>;
}

/** A chain with a Covey in which SnapshotVoting is installed, and the real snapshot.js. */
export interface BindingWorld {
  anvil: Anvil;
  covey: TestCovey;
  deployment: Deployment & { snapshotVoting: Address };
  inbox: Awaited<ReturnType<typeof openSnapshotInbox>>;
  now(): Promise<number>;
  /** Moves the chain's clock to this unix time. */
  advanceTo(timestamp: number): Promise<void>;
  /** A message for the next hour, with a snapshot block that is past. */
  draft(actions: readonly Action[], more?: Draft): Promise<SnapshotMessage<'proposal'>>;
  /** Registers a proposal and moves the clock to its start. */
  open(more?: Draft & { actions?: Action[]; registrant?: number }): Promise<OpenProposal>;
  close(): Promise<void>;
}

/** Accounts 1 to `voters` have a million votes each; account 1 installed the plugin. */
export async function createBindingWorld({ accounts = 12, voters = 6, chainId = 31337 } = {}): Promise<BindingWorld> {
  const anvil = await startAnvil({ accounts, chainId });
  const covey = await deployTestCovey(anvil, { policy: { policyNotice: 0n } });
  for (let voter = 1; voter <= voters; voter++) {
    await delegateVotes(anvil.covey(covey.deployment, voter));
  }
  const deployment = await installSnapshotVoting(anvil, { ...covey, space });
  const inbox = await openSnapshotInbox();
  const now = async () => Number((await anvil.publicClient.getBlock()).timestamp);

  const world: BindingWorld = {
    anvil,
    covey,
    deployment,
    inbox,
    now,
    async advanceTo(timestamp) {
      const seconds = timestamp - (await now());
      if (seconds > 0) await anvil.advance(seconds);
    },
    async draft(actions, more = {}) {
      const block = await anvil.publicClient.getBlock();
      const start = Number(block.timestamp) + 60;
      return bindingMessage({
        deployment,
        space,
        actions,
        author: anvil.wallet(1).account.address,
        title: 'A change',
        body: 'Why it is *good*, 为什么',
        timestamp: start - 60,
        start,
        end: start + 3_600,
        snapshot: Number(block.number) - 1,
        ...more,
      });
    },
    async open({ actions = [changeUnlockRatio(deployment)], registrant = 1, ...more } = {}) {
      const drafted = await world.draft(actions, more);
      const { message, signature } = await inbox.propose(ethersSigner(keyOf(1)), drafted);
      const { id } = await registerProposal(anvil.covey(deployment, registrant), { message, signature, actions });
      await world.advanceTo(message.start);
      const read = () => getBoundProposal(anvil.covey(deployment), { id });
      return {
        id,
        message,
        actions,
        read,
        state: async () => (await read()).state,
        cast: (voter, choice, { at = message.start + 1, ...vote } = {}) =>
          inbox.vote(
            voter % 2 === 0 ? ethersSigner(keyOf(voter)) : viemSigner(anvil.accounts[voter] as PrivateKeyAccount),
            { space, proposal: id, timestamp: at, choice, type: message.type as 'basic', ...vote },
          ),
      };
    },
    async close() {
      inbox.close();
      await anvil.stop();
    },
  };
  return world;
}

/** Each proposal its own number, so that each has its own actions. */
let proposals = 0n;
function changeUnlockRatio(deployment: Deployment): Action {
  proposals += 1n;
  return setPolicy(deployment, [{ param: 'unlockRatio', value: parseEther('0.41') + proposals }]);
}

function keyOf(index: number): Uint8Array {
  const { privateKey } = mnemonicToAccount(testMnemonic, { addressIndex: index }).getHdKey();
  if (!privateKey) throw new Error(`test account ${index} has no key`);
  return privateKey;
}

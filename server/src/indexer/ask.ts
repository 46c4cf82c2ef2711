import { snapshotVotingAbi, tokenVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { erc165Abi, permissionId, snapshotVotingInterfaceId } from '@covey/governance';
import {
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  erc20Abi,
  isAddressEqual,
} from 'viem';
import type { Address, Hex, PublicClient } from 'viem';
import { plainLine } from '../views/plain-text.ts';
import type { ChainEvent } from './contracts.ts';
import type { Asked } from './context.ts';

const EXECUTE = permissionId('EXECUTE');
/** Characters of a token's symbol that are kept. */
const MAX_SYMBOL = 12;

/** A block's state, or the newest one. */
type At = { blockHash?: Hex };

/** Asks the chain for what an event leaves out and no later block changes. */
export function createAsk(client: PublicClient, deployment: Deployment) {
  async function askProposal(proposalId: bigint, at: At): Promise<Asked> {
    const voting = { address: deployment.tokenVoting, abi: tokenVotingAbi, ...at } as const;
    const [, , parameters] = await client.readContract({
      ...voting,
      functionName: 'getProposal',
      args: [proposalId],
    });
    const totalVotingPower = await client.readContract({
      ...voting,
      functionName: 'totalVotingPower',
      args: [parameters.snapshotBlock],
    });
    return { proposal: { ...parameters, totalVotingPower } };
  }

  /**
   * Whether it is a SnapshotVoting that counts the votes of the deployment's token and waits for vetoes of its TokenVoting:
   * past votes of others, and how long others vote, are unknown here.
   */
  async function askPlugin(address: Address, at: At): Promise<Asked> {
    const plugin = { address, abi: snapshotVotingAbi, ...at } as const;
    try {
      const supported = await client.readContract({
        address,
        abi: erc165Abi,
        ...at,
        functionName: 'supportsInterface',
        args: [snapshotVotingInterfaceId],
      });
      if (!supported) return {};
      const [token, tokenVoting, space] = await Promise.all([
        client.readContract({ ...plugin, functionName: 'token' }),
        client.readContract({ ...plugin, functionName: 'tokenVoting' }),
        client.readContract({ ...plugin, functionName: 'space' }),
      ]);
      // Some databases refuse a zero byte in text.
      return isAddressEqual(token, deployment.token) && isAddressEqual(tokenVoting, deployment.tokenVoting)
        ? { plugin: { space: space.replaceAll('\u0000', '\ufffd'), past: [] } }
        : {};
    } catch (error) {
      if (isContractsOwn(error)) return {};
      throw error;
    }
  }

  async function askBound(plugin: Address, id: Hex, at: At): Promise<Asked> {
    const contract = { address: plugin, abi: snapshotVotingAbi, ...at } as const;
    const { settingsVersion, minPower } = await client.readContract({
      ...contract,
      functionName: 'getProposal',
      args: [id],
    });
    const settings = await client.readContract({ ...contract, functionName: 'settings', args: [settingsVersion] });
    return { bound: { settingsVersion, minPower, submissionWindow: settings.submissionWindow } };
  }

  /** Tokens name themselves, or do not. */
  async function askToken(token: Address, at: At): Promise<Asked> {
    const contract = { address: token, abi: erc20Abi, ...at } as const;
    const orNull = (error: unknown) => {
      if (isContractsOwn(error)) return null;
      throw error;
    };
    const symbol = await client.readContract({ ...contract, functionName: 'symbol' }).catch(orNull);
    const decimals = await client.readContract({ ...contract, functionName: 'decimals' }).catch(orNull);
    return { token: { symbol: symbol === null ? null : plainLine(symbol, MAX_SYMBOL) || null, decimals } };
  }

  return async (event: ChainEvent, at: At): Promise<Asked> => {
    const { contract, name, args } = event;
    if (contract === 'tokenVoting' && name === 'ProposalCreated') return askProposal(args.proposalId as bigint, at);
    if (contract === 'snapshotVoting' && name === 'ProposalRegistered')
      return askBound(event.address, args.id as Hex, at);
    if (contract === 'modelMarket' && name === 'PaymentTokenSet') return askToken(args.token as Address, at);
    if (contract === 'dao' && name === 'Granted' && args.permissionId === EXECUTE) {
      return isAddressEqual(args.where as Address, deployment.dao) ? askPlugin(args.who as Address, at) : {};
    }
    return {};
  };
}

/**
 * Whether the contract itself failed to answer (none there, a revert, another form), and not the way to it: nodes call
 * their own troubles internal errors, which viem takes for reverts.
 */
function isContractsOwn(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const found = error.walk(
    (cause) =>
      cause instanceof ContractFunctionZeroDataError ||
      (cause instanceof ContractFunctionRevertedError &&
        (cause.raw !== undefined || /revert/i.test(cause.reason ?? ''))) ||
      (cause instanceof Error && /^(AbiDecoding|PositionOutOfBounds|InvalidBytesBoolean)/.test(cause.name)),
  );
  return found !== null;
}

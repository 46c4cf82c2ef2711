import {
  disputeVerdicts,
  inferenceDeskAbi,
  inferenceDeskConstants,
  requestStates,
  type Deployment,
  type DisputeVerdictName,
  type RequestStateName,
} from '@covey/contracts/abi';
import { cidOrNull, cidToChain, decodeEnum } from '@covey/protocol';
import { bytesToHex, hexToBytes, isAddressEqual, zeroAddress, zeroHash, type Address, type Hex } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { readPolicyNumber } from '../chain/read-policy.ts';
import type { Sent } from '../chain/sender.ts';
import { clientError } from '../errors.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { inTurns } from '../logs/rpc.ts';
import { ensureAllowance } from '../stake/allowance.ts';

/** Bytes of a request document that a transaction can bring, and of an answer document that the desk takes. */
export const MAX_DESK_INPUT = Number(inferenceDeskConstants.MAX_INPUT_BYTES);
export const MAX_DESK_OUTPUT = Number(inferenceDeskConstants.MAX_OUTPUT_BYTES);

/** What is asked of whom, for how much. Amounts in wei, windows in seconds; digests are sha2-256. */
export interface DeskOrder {
  /** Of the model file, and of the core. */
  model: Hex;
  scorer: Hex;
  /** The request document itself, or its CID. */
  input: Uint8Array | string;
  /** Who alone may answer; null for any host that serves. */
  host: Address | null;
  fee: bigint;
  /** For the asker's `onAnswer`; 0 for no call. */
  callbackGas: number;
  answerWindow: number;
  disputeWindow: number;
}

/** A request at the desk. */
export interface DeskRequest extends Omit<DeskOrder, 'input' | 'answerWindow'> {
  requestId: bigint;
  asker: Address;
  state: Exclude<RequestStateName, 'none'>;
  /** Of the state: until when it can be answered, disputed or ruled; unix seconds. */
  end: number;
  /** The request document by its CID, of its bytes where they came along; null where it names what no CID of ours is. */
  input: string | null;
  /** Who answered, who disputes it with which bond, and who gets the fee. */
  node: Address | null;
  disputer: Address | null;
  payee: Address | null;
  bond: bigint;
  /** Digests of what will be delivered, and of what the disputer says. */
  output: Hex | null;
  disputed: Hex | null;
}

/** What was said of a request, from events: bytes that the contract keeps digests of. */
export interface DeskDocuments {
  /** Null where the request names it by its CID. */
  input: Uint8Array | null;
  answer: Uint8Array | null;
  dispute: Uint8Array | null;
  ruling: DisputeVerdictName | null;
  /** Whether the asker's callback was called and did not fail; null while nothing was delivered. */
  called: boolean | null;
}

const contract = (deployment: Pick<Deployment, 'inferenceDesk'>) =>
  ({ address: deployment.inferenceDesk, abi: inferenceDeskAbi }) as const;

/** REQUEST_UNKNOWN where nobody asked it. */
export async function readDeskRequest(covey: CoveyChain<'inferenceDesk'>, requestId: bigint): Promise<DeskRequest> {
  const found = await covey.publicClient
    .readContract({ ...contract(covey.deployment), functionName: 'request', args: [requestId] })
    .catch((cause: unknown) => {
      throw chainError(cause, `reading the request ${requestId}`);
    });
  const state = decodeEnum(requestStates, found.state);
  if (state === 'none') throw clientError('REQUEST_UNKNOWN', `There is no request ${requestId} at the desk.`);
  const { asker, end, fee, callbackGas, disputeWindow, model, scorer, bond } = found;
  return {
    ...{ requestId, asker, state, end, fee, callbackGas, disputeWindow, model, scorer, bond },
    input: cidOrNull(found.input),
    ...{ host: orNull(found.host), node: orNull(found.node) },
    ...{ disputer: orNull(found.disputer), payee: orNull(found.payee) },
    ...{ output: unlessZero(found.output), disputed: unlessZero(found.disputed) },
  };
}

const orNull = (address: Address) => (isAddressEqual(address, zeroAddress) ? null : address);
const unlessZero = (digest: Hex) => (digest === zeroHash ? null : digest);

/** The newest requests, at most so many, the newest first. */
export async function readDeskRequests(covey: CoveyChain<'inferenceDesk'>, most: number): Promise<DeskRequest[]> {
  const total = await countRequests(covey);
  const count = total < BigInt(most) ? Number(total) : most;
  const ids = Array.from({ length: count }, (_, i) => total - BigInt(i));
  return await inTurns(ids, (id) => readDeskRequest(covey, id));
}

async function countRequests({ deployment, publicClient }: CoveyChain<'inferenceDesk'>): Promise<bigint> {
  try {
    return await publicClient.readContract({ ...contract(deployment), functionName: 'requestCount' });
  } catch (cause) {
    throw chainError(cause, 'reading the requests at the desk');
  }
}

export async function readDeskDocuments(covey: CoveyChain<'inferenceDesk'>, requestId: bigint): Promise<DeskDocuments> {
  const of = { ...contract(covey.deployment), args: { requestId } } as const;
  const [[asked], [answered], [disputed], [ruled], [delivered]] = await Promise.all([
    covey.events({ ...of, eventName: 'InferenceAsked' }),
    covey.events({ ...of, eventName: 'InferenceAnswered' }),
    covey.events({ ...of, eventName: 'InferenceDisputed' }),
    covey.events({ ...of, eventName: 'InferenceRuled' }),
    covey.events({ ...of, eventName: 'InferenceDelivered' }),
  ]);
  const bytes = (hex: Hex | undefined) => (hex === undefined || hex === '0x' ? null : hexToBytes(hex));
  return {
    input: bytes(asked?.args.inputBytes),
    answer: bytes(answered?.args.output),
    dispute: bytes(disputed?.args.output),
    ruling: ruled === undefined ? null : decodeEnum(disputeVerdicts, ruled.args.verdict),
    called: delivered?.args.called ?? null,
  };
}

/** Asks as an account: a contract does the same by itself. The fee is held until the answer is delivered, or goes back. */
export async function askDesk(
  covey: CoveyWriter,
  { input, host, ...order }: DeskOrder,
  onEvent: OnAction = ignoreActions,
): Promise<Sent & { requestId: bigint }> {
  const { deployment, sender } = covey;
  await ensureAllowance(covey, deployment.inferenceDesk, order.fee, onEvent);
  const isNamed = typeof input === 'string';
  const named = isNamed ? cidToChain(input) : { codec: 0n, digest: zeroHash };
  const args = [{ ...order, input: named, host: host ?? zeroAddress }, isNamed ? '0x' : bytesToHex(input)] as const;
  const sent = await sender.send({ ...contract(deployment), functionName: 'ask', args });
  const { requestId } = eventIn(sent.receipt, deployment.inferenceDesk, inferenceDeskAbi, 'InferenceAsked').args;
  return { ...sent, requestId };
}

/** Answers for a host that serves; the first answer counts. */
export async function answerDesk(
  covey: CoveyWriter,
  { requestId, node, output }: { requestId: bigint; node: Address; output: Uint8Array },
): Promise<Sent> {
  const args = [requestId, node, bytesToHex(output)] as const;
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'answer', args });
}

/** Says that another answer is right, with the policy's bond. */
export async function disputeDesk(
  covey: CoveyWriter,
  { requestId, output }: { requestId: bigint; output: Uint8Array },
  onEvent: OnAction = ignoreActions,
): Promise<Sent> {
  const { deployment, sender } = covey;
  await ensureAllowance(covey, deployment.inferenceDesk, await readPolicyNumber(covey, 'answerBond'), onEvent);
  const args = [requestId, bytesToHex(output)] as const;
  return await sender.send({ ...contract(deployment), functionName: 'dispute', args });
}

/** Pays for an answer that nobody disputed in time or that the DAO ruled right, and calls the asker. */
export async function deliverDesk(
  covey: CoveyWriter,
  { requestId, output }: { requestId: bigint; output: Uint8Array },
): Promise<Sent & { called: boolean }> {
  const { deployment, sender } = covey;
  const args = [requestId, bytesToHex(output)] as const;
  const sent = await sender.send({ ...contract(deployment), functionName: 'deliver', args });
  const { called } = eventIn(sent.receipt, deployment.inferenceDesk, inferenceDeskAbi, 'InferenceDelivered').args;
  return { ...sent, called };
}

/** Gives the fee back where nobody answered, or nobody ruled, in time. */
export async function refundDesk(covey: CoveyWriter, requestId: bigint): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'refund', args: [requestId] });
}

/**
 * What ends a request now: `deliver` with the output that counts, or `refund`; null where nothing does yet. `now`: the
 * chain's time.
 */
export function endOfDeskRequest(
  { state, end }: Pick<DeskRequest, 'state' | 'end'>,
  { answer, dispute, ruling }: Pick<DeskDocuments, 'answer' | 'dispute' | 'ruling'>,
  now: bigint,
): { step: 'deliver'; output: Uint8Array } | { step: 'refund' } | null {
  const isOver = now >= BigInt(end);
  const output = ruling === 'disputerRight' ? dispute : answer;
  if ((state === 'ruled' || (state === 'answered' && isOver)) && output) return { step: 'deliver', output };
  return (state === 'asked' || state === 'disputed') && isOver ? { step: 'refund' } : null;
}

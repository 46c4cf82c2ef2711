import { messageId, parseEnvelope, wireEnvelope } from '@covey/governance';
import type { WireEnvelope } from '@covey/governance';
import { webError } from '../../errors.ts';

/**
 * A signed vote is its own receipt: whoever holds it can have it counted on chain, also when the server withholds it.
 * The browser keeps what it signed; the newest of each proposal and account.
 */
const keyOf = (proposal: string, account: string) => `covey.vote.${proposal}.${account.toLowerCase()}`;

export function keepReceipt(proposal: string, envelope: WireEnvelope, storage: Storage = localStorage): void {
  try {
    storage.setItem(keyOf(proposal, envelope.address), JSON.stringify(envelope));
  } catch {
    /* private mode or a full disk: the vote can still be downloaded now, or read from IPFS */
  }
}

/** What this browser signed for the account, if it holds a whole message for that proposal. */
export function keptReceipt(
  proposal: string,
  account: string,
  storage: Storage = localStorage,
): WireEnvelope | undefined {
  try {
    const text = storage.getItem(keyOf(proposal, account));
    const envelope = text === null ? undefined : parseEnvelope(JSON.parse(text));
    return envelope && 'proposal' in envelope.message && envelope.message.proposal === proposal
      ? wireEnvelope(envelope)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a signed message from a gateway and makes sure that it is the one with that id. */
export async function fetchReceipt(url: string, id: string, signal?: AbortSignal): Promise<WireEnvelope> {
  let json: Record<string, unknown>;
  try {
    const response = await fetch(`${url}?format=raw`, signal ? { signal } : {});
    if (!response.ok) throw new Error(`The gateway answered ${response.status}.`);
    json = (await response.json()) as Record<string, unknown>;
  } catch (cause) {
    throw webError('WEB_NETWORK', `Could not fetch the signed message ${id}.`, { cause });
  }
  const { address, sig, data } = json;
  const envelope = parseEnvelope({ address, sig, data });
  const got = messageId(envelope);
  if (got !== id) {
    throw webError('WEB_SCHEMA', 'The stored message is not the one with this id.', { expected: id, got });
  }
  return wireEnvelope(envelope);
}

/** Hands a value to the reader as a JSON file. */
export function download(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

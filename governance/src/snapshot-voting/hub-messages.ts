import { blockCid, codecs, parseCid } from '@covey/protocol';
import { isHex } from 'viem';
import type { Hex } from 'viem';
import type { ReadClient } from '@covey/client';
import { governanceError } from '../errors.ts';
import { parseEnvelope } from '../snapshot/envelope.ts';
import type { Envelope } from '../snapshot/envelope.ts';
import { verifyEnvelope } from '../snapshot/verify.ts';
import type { VerifyEnvelopeReturnType } from '../snapshot/verify.ts';
import { readBounded } from './read-bounded.ts';
import type { AnswerBounds } from './read-bounded.ts';

/** Bytes of the block with this CID, from anywhere: they are checked here. */
export type FetchBlock = (cid: string) => Promise<Uint8Array>;

/** Where a hub's messages are read: `hub` is the URL of its GraphQL endpoint. */
export interface HubSource {
  hub: string;
  /** Base URL of a trustless IPFS gateway (without `/ipfs`), or a reader of blocks. */
  ipfs: string | FetchBlock;
  /** Needed for voters that are contracts (ERC-1271); without it only keys are believed. */
  publicClient?: ReadClient | undefined;
}

/** For each answer; a page of votes has some 200 KB, a message of the longest texts a few hundred. */
export const hubBounds = { timeoutMs: 30_000, maxBytes: 2 ** 20 };

/** Asks a hub; what comes back is as good as what it says, so callers check it. */
export async function queryHub(
  hub: string,
  query: string,
  variables: Record<string, unknown>,
  bounds: AnswerBounds = hubBounds,
): Promise<unknown> {
  const asked: RequestInit = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  };
  const { bytes } = await readBounded(`The Snapshot hub at ${hub}`, hub, asked, bounds);
  let body: { data?: unknown; errors?: unknown };
  try {
    body = JSON.parse(new TextDecoder().decode(bytes)) as typeof body;
  } catch (cause) {
    throw governanceError('GOV_HUB_UNREACHABLE', `The Snapshot hub at ${hub} does not answer.`, {
      hint: 'It needs the address of its GraphQL endpoint.',
      cause,
    });
  }
  if (body.data == null || body.errors) {
    throw governanceError('GOV_HUB_ANSWER', 'The Snapshot hub refused the query.', { got: body.errors ?? body });
  }
  return body.data;
}

/** Fetches a signed message by its CID and checks that it hashes to it, is `id`, and was signed by whom it names (or by an alias of it, which the caller then has to know). */
export async function readMessage(
  source: Pick<HubSource, 'ipfs' | 'publicClient'>,
  { cid, id, allowAlias = false }: { cid: string; id?: Hex | undefined; allowAlias?: boolean },
): Promise<VerifyEnvelopeReturnType<Envelope>> {
  const bytes = await fetchBlock(source.ipfs, cid);
  const { address, sig, data } = parseBlock(bytes, cid);
  const verified = await verifyEnvelope({
    envelope: parseEnvelope({ address, sig, data }),
    publicClient: source.publicClient,
    allowAlias,
  });
  if (id !== undefined && verified.id !== id) {
    throw governanceError('GOV_CONTENT_MISMATCH', `${cid} holds another message than the hub says.`, {
      expected: id,
      got: verified.id,
    });
  }
  return verified;
}

/** Bytes of the block with this CID, from anywhere; checked against it. */
export async function fetchBlock(ipfs: HubSource['ipfs'], cid: string): Promise<Uint8Array> {
  // Ours are DAG-JSON; Snapshot's own hub pins the same JSON as a raw block.
  const { code } = parseCid(cid, [codecs.dagJson, codecs.raw]);
  const bytes = typeof ipfs === 'string' ? await fromGateway(ipfs, cid) : await ipfs(cid);
  const got = blockCid(code, bytes);
  if (got !== cid) {
    throw governanceError('GOV_CONTENT_MISMATCH', 'Bytes came that are not what the CID names.', {
      expected: cid,
      got,
    });
  }
  return bytes;
}

async function fromGateway(gateway: string, cid: string): Promise<Uint8Array> {
  const url = `${gateway.replace(/\/+$/, '')}/ipfs/${cid}?format=raw`;
  const asked = { headers: { accept: 'application/vnd.ipld.raw' } };
  const response = await readBounded('The IPFS gateway', url, asked, hubBounds);
  if (response.ok) return response.bytes;
  throw governanceError('GOV_HUB_UNREACHABLE', `The IPFS gateway does not have ${cid}.`, {
    got: `HTTP ${response.status}`,
  });
}

function parseBlock(bytes: Uint8Array, cid: string): { address?: unknown; sig?: unknown; data?: unknown } {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw governanceError('GOV_ENVELOPE_MALFORMED', `${cid} holds no JSON.`, { cause });
  }
  throw governanceError('GOV_ENVELOPE_MALFORMED', `${cid} holds no signed message.`);
}

export const isId = (value: unknown): value is Hex => isHex(value) && value.length === 66;

import type { CoveyError } from '@covey/errors';
import { blockCid, fileCid } from '@covey/protocol';
import type { KuboRPCClient } from 'kubo-rpc-client';
import { clientError } from '../errors.ts';
import { codecs, defaultTimeoutMs, type ContentStore } from './content-store.ts';
import { readBlock } from './read-block.ts';
import { parseCid, verifiedReader } from './verified-reader.ts';

/** Milliseconds that storing may take: an unresponsive node must not stop a daemon for good. */
const storeTimeoutMs = 120_000;

/** Kubo's names of the codecs that we store blocks under. */
const codecNames: Record<number, string> = {
  [codecs.raw]: 'raw',
  [codecs.dagPb]: 'dag-pb',
  [codecs.dagJson]: 'dag-json',
};

/**
 * Stores and reads through the Kubo RPC: Kubo itself, ipfs-cluster's proxy, or Covey's embedded node.
 * Reads go block by block and are hashed here; writes are checked against the CID computed here.
 * @param url Base address, e.g. `http://127.0.0.1:5001`.
 */
export function kuboStore(url: string, options: { storeTimeoutMs?: number } = {}): ContentStore {
  const withinTime = () => AbortSignal.timeout(options.storeTimeoutMs ?? storeTimeoutMs);
  const base = url.replace(/\/+$/, '');
  const address = base.endsWith('/api/v0') ? base : `${base}/api/v0`;
  // Loaded on first use: it is large, and most commands read little.
  let loading: Promise<KuboRPCClient> | undefined;
  const connect = () => (loading ??= import('kubo-rpc-client').then(({ create }) => create({ url: address })));
  // Not by the RPC client, which holds whatever a node sends before anybody looks at it.
  const reader = verifiedReader(async (cid, signal) => {
    let response: Response;
    try {
      response = await fetch(`${address}/block/get?arg=${cid}`, { method: 'POST', signal });
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw kuboError(cause, base, String(cid));
    }
    const body = await readBlock(response, String(cid), signal);
    if (response.ok) return body;
    const message = new TextDecoder().decode(body.subarray(0, 1000));
    throw kuboError(Object.assign(new Error(message), { response }), base, String(cid));
  });
  return {
    ...reader,
    async add(bytes) {
      const expected = await fileCid(bytes);
      let got: string;
      try {
        // Kubo's own defaults differ (CIDv0, 256 KiB chunks, 174 links): name every parameter of the profile.
        const profile = { cidVersion: 1, rawLeaves: true, chunker: 'size-1048576', maxFileLinks: 1024 } as const;
        const added = await (
          await connect()
        ).add(bytes, { ...profile, hashAlg: 'sha2-256', pin: true, signal: withinTime() });
        got = added.cid.toString();
      } catch (cause) {
        throw kuboError(cause, base, expected);
      }
      return same(expected, got);
    },
    async putBlock(codec, bytes, { pin = true } = {}) {
      const format = codecNames[codec];
      if (!format) {
        throw clientError('CONTENT_BAD_CODEC', `Codec 0x${codec.toString(16)} is not one that Covey stores.`, {
          expected: 'raw, dag-pb or dag-json',
        });
      }
      let got: string;
      try {
        // `format` is Kubo's older name of the same and may not be given with it.
        const parameters = { cidCodec: format, mhtype: 'sha2-256', pin, signal: withinTime() };
        const cid = await (await connect()).block.put(bytes, parameters);
        got = cid.toString();
      } catch (cause) {
        throw kuboError(cause, base, `a block of ${bytes.byteLength} bytes`);
      }
      return same(blockCid(codec, bytes), got);
    },
    async pin(text, options = {}) {
      const cid = parseCid(text);
      const limits = [AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs), options.signal];
      const signal = AbortSignal.any(limits.filter((limit) => limit !== undefined));
      try {
        await (await connect()).pin.add(cid, { signal });
      } catch (cause) {
        if (options.signal?.aborted) throw options.signal.reason;
        throw kuboError(cause, base, text);
      }
    },
  };
}

function same(expected: string, got: string): string {
  if (expected !== got) {
    throw clientError('CONTENT_HASH_MISMATCH', 'The content store named our bytes differently than we do.', {
      expected,
      got,
      hint: 'Does it support CIDv1, raw leaves, 1 MiB chunks and 1024 links (profile unixfs-v1-2025)?',
    });
  }
  return expected;
}

function kuboError(cause: unknown, base: string, what: string): CoveyError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const response = (cause as { response?: { status?: number } }).response;
  if (
    !response &&
    /fetch failed|ECONNREFUSED|ECONNRESET|ENOTFOUND|socket hang up|network/i.test(`${message} ${codeOf(cause)}`)
  ) {
    return clientError('CONTENT_UNREACHABLE', `The IPFS node does not answer at ${base}.`, {
      hint: 'Start it, or give another address (--ipfs of the CLI).',
      cause,
    });
  }
  if (response?.status === 404 || /not found|no such|could not find/i.test(message)) {
    return clientError('CONTENT_NOT_FOUND', `The IPFS node does not have ${what}.`, { got: message, cause });
  }
  if (/timed? ?out|deadline/i.test(message) || /^(Timeout|Abort)Error$/.test((cause as Error).name)) {
    return clientError('CONTENT_TIMEOUT', `The IPFS node did not answer for ${what} in time.`, {
      got: message,
      cause,
    });
  }
  return clientError('CONTENT_REFUSED', `The IPFS node refused ${what}: ${message}`, { got: message, cause });
}

function codeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string } }).cause;
  return (error as { code?: string }).code ?? cause?.code ?? '';
}

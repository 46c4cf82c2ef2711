import { clientError } from '../errors.ts';
import type { ContentReader } from './content-store.ts';
import { verifiedReader } from './verified-reader.ts';

/**
 * Reads from a trustless IPFS gateway (`GET /ipfs/<cid>?format=raw`,
 * https://specs.ipfs.tech/http-gateways/trustless-gateway/). Works in browsers.
 * @param url Base address of the gateway, without `/ipfs`; empty for the page's own origin.
 */
export function gatewayStore(url: string, options: { fetch?: typeof fetch } = {}): ContentReader {
  const base = url.replace(/\/+$/, '');
  const request = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));
  return verifiedReader(async (cid, { signal, maxBytes }) => {
    const address = `${base}/ipfs/${cid}?format=raw`;
    let response: Response;
    try {
      response = await request(address, { signal, headers: { accept: 'application/vnd.ipld.raw' } });
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw clientError('CONTENT_UNREACHABLE', `The gateway does not answer: ${address}`, {
        hint: 'Is the address right and the gateway running?',
        cause,
      });
    }
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      throw clientError('CONTENT_NOT_FOUND', `The gateway does not have ${cid}.`, { got: `HTTP ${response.status}` });
    }
    if (response.status === 504) {
      await response.body?.cancel();
      throw clientError('CONTENT_TIMEOUT', `The gateway did not find ${cid} in time.`, { got: 'HTTP 504' });
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw clientError('CONTENT_REFUSED', `The gateway refused ${cid}.`, { got: `HTTP ${response.status}` });
    }
    return await readLimited(response, maxBytes, String(cid));
  });
}

/** Reads a body but never buffers more than allowed, whatever the server declares. */
async function readLimited(response: Response, maxBytes: number, cid: string): Promise<Uint8Array> {
  const tooLarge = (got: string) =>
    clientError('CONTENT_TOO_LARGE', `${cid} is larger than allowed.`, {
      expected: `at most ${maxBytes} bytes`,
      got,
    });
  const declared = Number(response.headers.get('content-length') ?? 0);
  if (declared > maxBytes) {
    await response.body?.cancel();
    throw tooLarge(`${declared} bytes`);
  }
  if (!response.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let total = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.byteLength;
    if (total > maxBytes) {
      await reader.cancel();
      throw tooLarge(`more than ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

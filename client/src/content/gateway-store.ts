import { clientError } from '../errors.ts';
import type { ContentReader } from './content-store.ts';
import { discard, readBlock } from './read-block.ts';
import { verifiedReader } from './verified-reader.ts';

/**
 * Reads from a trustless IPFS gateway (`GET /ipfs/<cid>?format=raw`,
 * https://specs.ipfs.tech/http-gateways/trustless-gateway/). Works in browsers.
 * @param url Base address of the gateway, without `/ipfs`; empty for the page's own origin.
 */
export function gatewayStore(url: string, options: { fetch?: typeof fetch } = {}): ContentReader {
  const base = url.replace(/\/+$/, '');
  const request = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));
  return verifiedReader(async (cid, signal) => {
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
    if (response.ok) return await readBlock(response, String(cid), signal);
    await discard(response);
    const got = `HTTP ${response.status}`;
    switch (response.status) {
      case 404:
      case 410:
        throw clientError('CONTENT_NOT_FOUND', `The gateway does not have ${cid}.`, { got });
      case 504:
        throw clientError('CONTENT_TIMEOUT', `The gateway did not find ${cid} in time.`, { got });
      default:
        throw clientError('CONTENT_REFUSED', `The gateway refused ${cid}.`, { got });
    }
  });
}

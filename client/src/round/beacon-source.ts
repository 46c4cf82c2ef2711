import { decompressSignature, drandRandomness } from '@covey/protocol';
import { isHex, type Hex } from 'viem';
import { clientError } from '../errors.ts';

/**
 * Where proofs of a beacon's values come from. None is believed: the contract takes the one right proof alone, so that a
 * caller tries one after the other.
 */
export interface BeaconSource {
  /** Proofs of what a drand round gave, as `DrandBeacon` takes them, from each place that has one. */
  proofs(drandRound: bigint, signal?: AbortSignal): AsyncIterable<Hex>;
}

/** Proofs from who signs the rounds itself: of a beacon with a key of its own, in a demo or a test. */
export function signedBeacon(sign: (drandRound: bigint) => Hex): BeaconSource {
  return {
    async *proofs(drandRound) {
      yield await Promise.resolve(decompressSignature(sign(drandRound)));
    },
  };
}

/** Public relays of drand's network quicknet, run by different operators. */
export const quicknetRelays: readonly string[] = [
  'https://api.drand.sh',
  'https://api2.drand.sh',
  'https://api3.drand.sh',
  'https://drand.cloudflare.com',
];

/** Hash of quicknet's chain information, by which relays name the network. */
export const quicknetHash = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971';

export interface DrandRelaysParameters {
  /** In the order of preference. Default: quicknet's. */
  urls?: readonly string[];
  /** Which network they shall answer for. Default: quicknet. */
  chainHash?: string;
  /** Milliseconds for each. Default 10,000. */
  timeoutMs?: number;
}

/**
 * Proofs from relays of a drand network over HTTP. An answer of another round, or one whose randomness is not its
 * signature's or whose signature is no point of the curve, is passed over for the next relay's. BEACON_UNREACHABLE where
 * none of them gave a possible proof.
 */
export function drandRelays(parameters: DrandRelaysParameters = {}): BeaconSource {
  const { urls = quicknetRelays, chainHash = quicknetHash, timeoutMs = 10_000 } = parameters;
  return {
    async *proofs(drandRound, signal) {
      const troubles: string[] = [];
      for (const url of urls) {
        const timeout = AbortSignal.timeout(timeoutMs);
        try {
          const address = `${url.replace(/\/$/, '')}/${chainHash}/public/${drandRound}`;
          const response = await fetch(address, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
          if (!response.ok) throw new Error(`HTTP ${response.status}`);
          yield proofIn(await boundedText(response), drandRound);
        } catch (error) {
          signal?.throwIfAborted();
          troubles.push(`${hostOf(url)}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      if (troubles.length < urls.length) return;
      throw clientError('BEACON_UNREACHABLE', `No relay gave round ${drandRound} of the beacon.`, {
        got: troubles.join('; ') || 'no relays',
      });
    },
  };
}

/** An answer about one round has some 200 bytes. */
const maxAnswerBytes = 4096;

async function boundedText(response: Response): Promise<string> {
  const stated = Number(response.headers.get('content-length') ?? 0);
  if (stated > maxAnswerBytes) throw new Error(`an answer of ${stated} bytes`);
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let size = 0; reader;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxAnswerBytes) {
      await reader.cancel();
      throw new Error(`an answer of more than ${maxAnswerBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

function proofIn(text: string, drandRound: bigint): Hex {
  const answer = (JSON.parse(text) ?? {}) as { round?: unknown; randomness?: unknown; signature?: unknown };
  const signature: unknown = `0x${String(answer.signature)}`;
  if (String(answer.round) !== String(drandRound) || !isHex(signature)) throw new Error('an answer of another form');
  if (drandRandomness(signature) !== `0x${String(answer.randomness).toLowerCase()}`) {
    throw new Error('randomness that is not its signature’s');
  }
  return decompressSignature(signature);
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

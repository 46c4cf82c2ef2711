import { codecs, type ContentReader } from '@covey/client';
import { isCoveyError } from '@covey/errors';
import { cidFromChain } from '@covey/protocol';
import { loadCore } from '@covey/wasm-core';
import { sha256, type Hex } from 'viem';
import { nodeError } from '../errors.ts';

export interface ApprovedScorersOptions {
  /** The binary that this installation has. */
  own: () => Promise<Uint8Array>;
  /** Where another one comes from: its hash is its address. */
  reader: ContentReader;
}

/** The scorers that rounds were opened with, by SHA-256: the installation's own one, else what IPFS has under the hash. */
export class ApprovedScorers {
  readonly #options: ApprovedScorersOptions;
  readonly #loaded = new Map<string, Uint8Array>();

  constructor(options: ApprovedScorersOptions) {
    this.#options = options;
  }

  /** The binary of that hash, tried out; SCORER_UNAVAILABLE where it cannot be had or does not run here. */
  async load(hash: Hex, signal?: AbortSignal): Promise<Uint8Array> {
    const known = this.#loaded.get(hash);
    if (known) return known;
    const cid = cidFromChain({ codec: BigInt(codecs.raw), digest: hash });
    try {
      const own = await this.#options.own();
      const bytes = sha256(own) === hash ? own : await this.#options.reader.get(cid, signal ? { signal } : {});
      const core = await loadCore(new Uint8Array(bytes), { expectedSha256: hash });
      core.close();
      this.#loaded.set(hash, bytes);
      return bytes;
    } catch (cause) {
      if (!isCoveyError(cause)) throw cause;
      throw nodeError('SCORER_UNAVAILABLE', `The scorer that the DAO approved cannot be had. ${cause.shortMessage}`, {
        expected: `SHA-256 ${hash}, ${cid} on IPFS`,
        cause,
      });
    }
  }
}

import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import type { ContentReader } from '../content/content-store.ts';
import { clientError } from '../errors.ts';

/** What the parts of the object are made from. */
export interface CoveyContext {
  chain: CoveyChain;
  /** The chain with its account; WALLET_MISSING where the object was made without one. */
  writer: () => CoveyWriter;
  /** Where content comes from; CONTENT_MISSING where the object was made without a reader. */
  content: () => ContentReader;
}

export function contextOf(chain: CoveyChain | CoveyWriter, content: ContentReader | undefined): CoveyContext {
  return {
    chain,
    writer: () => {
      if ('sender' in chain) return chain;
      throw clientError('WALLET_MISSING', 'This writes, and no wallet was given.', {
        expected: 'createCovey({ …, wallet })',
      });
    },
    content: () => {
      if (content) return content;
      throw clientError('CONTENT_MISSING', 'This reads content, and no reader was given.', {
        expected: 'createCovey({ …, content: gatewayStore(url) })',
      });
    },
  };
}

import type { Served } from '../answers.ts';

/** What stands in every answer under `covey`: what was asked and answered, byte for byte, and who vouches for it. */
export function proofOf({ request, document, signed, signature, price, due }: Served) {
  return {
    request: base64(request),
    answer: base64(document),
    ...signed,
    nonce: String(signed.nonce),
    signature,
    price: String(price),
    due: String(due),
  };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

import type { DecodedCall } from './decoded.ts';

/** Arguments by name; what they are is what the ABI says, which decoding has checked. */
export const argumentsOf = <T>(call: Pick<DecodedCall, 'args'>): T =>
  Object.fromEntries(call.args.map(({ name, value }) => [name, value])) as T;

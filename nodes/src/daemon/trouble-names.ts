/**
 * What keeps a daemon from its work, or will.
 * - `chain`: no endpoint answers; `content`: the IPFS node does not; `disk`: the state folder cannot be written;
 * - `blocks`: the chain's newest block does not change; `clock`: this machine's clock and the chain's differ;
 * - `balance`: too little is left for the gas of the rounds that it is in.
 */
export const troubleNames = ['chain', 'content', 'disk', 'blocks', 'clock', 'balance'] as const;
export type TroubleName = (typeof troubleNames)[number];

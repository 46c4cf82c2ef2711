import type { CoveyError } from '@covey/errors';
import { getAddress, hashTypedData, isAddress, isHex } from 'viem';
import type { Address, Hex } from 'viem';
import { governanceError } from '../errors.ts';
import { snapshotDomain, snapshotKinds, snapshotTypes } from './types.ts';
import type { FieldType, SnapshotKind, SnapshotMessage } from './types.ts';

/** A signed message of one kind, its form checked, its signature not yet. */
export interface EnvelopeOf<kind extends SnapshotKind> {
  kind: kind;
  /** Who signed; `message.from` unless an alias signs for it. Checksummed. */
  address: Address;
  /** `0x` when a contract approved the message on chain instead of signing it. */
  signature: Hex;
  message: SnapshotMessage<kind>;
}

export type Envelope = { [kind in SnapshotKind]: EnvelopeOf<kind> }[SnapshotKind];

/** What snapshot.js posts. */
export interface WireEnvelope {
  address: Address;
  sig: Hex;
  data: { domain: typeof snapshotDomain; types: Record<string, unknown>; message: Record<string, unknown> };
}

const malformed = (what: string, expected: unknown, got: unknown): CoveyError =>
  governanceError('GOV_ENVELOPE_MALFORMED', `The signed message is malformed: ${what}.`, { expected, got });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown, max: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max;

const isChecksummed = (value: unknown): value is Address =>
  typeof value === 'string' && isAddress(value, { strict: false }) && getAddress(value) === value;

/** Numbers beyond 2^53 have no exact JSON form, so a uint64 is held to what a number can say. */
const fits: Record<FieldType, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  address: isChecksummed,
  uint64: (value) => isCount(value, Number.MAX_SAFE_INTEGER),
  uint32: (value) => isCount(value, 2 ** 32 - 1),
  'string[]': (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  'uint32[]': (value) => Array.isArray(value) && value.every((item) => isCount(item, 2 ** 32 - 1)),
};

const fieldsOf = (kind: SnapshotKind): readonly { name: string; type: string }[] =>
  Object.values(snapshotTypes[kind] as Record<string, readonly { name: string; type: string }[]>)[0] ?? [];

const kindByTypes = new Map(snapshotKinds.map((kind) => [JSON.stringify(snapshotTypes[kind]), kind]));

/** By exact equality: another order or another field is another message, and so another hash. */
function kindOf(types: Record<string, unknown>): SnapshotKind {
  // The domain's own type may be listed; wallets add it, and it is not part of the message.
  const { EIP712Domain: _domain, ...own } = types;
  const kind = kindByTypes.get(JSON.stringify(own));
  if (!kind) {
    throw governanceError('GOV_ENVELOPE_TYPE', 'The types of the signed message are none that Snapshot signs.', {
      expected: snapshotKinds,
      got: own,
      hint: 'Sign with snapshot.js 0.17 or newer.',
    });
  }
  return kind;
}

function checkMessage(kind: SnapshotKind, message: Record<string, unknown>): void {
  const fields = fieldsOf(kind);
  for (const { name, type } of fields) {
    if (!(name in message)) throw malformed(`it lacks \`${name}\``, type, Object.keys(message));
    if (!fits[type as FieldType](message[name])) throw malformed(`\`${name}\` is no ${type}`, type, message[name]);
  }
  // What the types do not name is not signed, so it must not look as if it were.
  const unsigned = Object.keys(message).filter((key) => !fields.some(({ name }) => name === key));
  if (unsigned.length > 0) throw malformed('it has fields that are not signed', [], unsigned);
  if (!isChecksummed(message.from)) throw malformed('`from` is no checksummed address', 'address', message.from);
}

/** Reads what a Snapshot client posted: right shape, known types, right domain, every field of its type, no other. */
export function parseEnvelope(json: unknown): Envelope {
  if (!isObject(json)) throw malformed('it is no object', 'object', json);
  const { address, sig, data } = json;
  if (!isObject(data)) throw malformed('`data` is no object', 'object', data);
  const { domain, types, message } = data;
  if (!isObject(domain) || !isObject(types) || !isObject(message)) {
    throw malformed('`data` needs the objects domain, types and message', 'objects', Object.keys(data));
  }
  if (typeof address !== 'string' || !isAddress(address, { strict: false })) {
    throw malformed('`address` is no address', 'address', address);
  }
  if (!isHex(sig) || sig.length % 2 !== 0) throw malformed('`sig` is no hex string', '0x…', sig);
  const { name, version, ...more } = domain;
  if (name !== snapshotDomain.name || version !== snapshotDomain.version || Object.keys(more).length > 0) {
    throw governanceError('GOV_ENVELOPE_DOMAIN', 'The message was signed for another domain.', {
      expected: snapshotDomain,
      got: domain,
    });
  }
  const kind = kindOf(types);
  checkMessage(kind, message);
  // The type says what kindOf and checkMessage have just shown.
  return { kind, address: getAddress(address), signature: sig, message } as unknown as Envelope;
}

/** What snapshot.js would have posted for it. */
export const wireEnvelope = (envelope: Envelope): WireEnvelope => ({
  address: envelope.address,
  sig: envelope.signature,
  data: {
    domain: snapshotDomain,
    types: snapshotTypes[envelope.kind],
    message: envelope.message as unknown as Record<string, unknown>,
  },
});

/** What is signed, in viem's form. */
export function typedData(kind: SnapshotKind, message: unknown) {
  return {
    domain: snapshotDomain,
    types: snapshotTypes[kind] as Record<string, readonly { name: string; type: string }[]>,
    primaryType: Object.keys(snapshotTypes[kind])[0] ?? '',
    message: message as Record<string, unknown>,
  };
}

/** The EIP-712 digest: what is signed, and Snapshot's id of the message (of the proposal, of the vote). */
export const messageId = (envelope: Pick<Envelope, 'kind' | 'message'>): Hex =>
  hashTypedData(typedData(envelope.kind, envelope.message));

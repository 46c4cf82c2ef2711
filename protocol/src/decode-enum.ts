import { protocolError } from './errors.ts';

/**
 * The name of a Solidity enum's member that a contract gave as a number. `names` is one of the lists of
 * `@covey/contracts/abi/enums`.
 *
 * Throws `PROTOCOL_UNKNOWN_ENUM` for a number that the list does not have: the contract is newer than this program, and a
 * guess would be a wrong fact.
 */
export function decodeEnum<const Name extends string>(names: readonly Name[], value: number): Name {
  const name = names[value];
  if (name === undefined) {
    throw protocolError('PROTOCOL_UNKNOWN_ENUM', 'a contract gave a number that this version has no name for', {
      expected: names.map((known, number) => `${number} ${known}`).join(', '),
      got: String(value),
    });
  }
  return name;
}

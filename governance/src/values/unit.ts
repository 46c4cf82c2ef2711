/**
 * How a value on chain is written. wei, units (smallest units of a token whose decimals are not known here), ratio (1e18
 * is 1), ppm (parts of a million), seconds, time (unix seconds, 0: none), count, blocks and bytes are integers; policy: an
 * integer in the unit of the policy number that is meant. state is a name, version `release.build` or `none`, permission
 * `none`, `granted` or the address of the condition; address, hash, uri and flag are what they say.
 */
export const valueUnits = [
  'wei',
  'units',
  'ratio',
  'ppm',
  'seconds',
  'time',
  'count',
  'blocks',
  'bytes',
  'policy',
  'state',
  'version',
  'permission',
  'address',
  'hash',
  'uri',
  'flag',
] as const;
export type ValueUnit = (typeof valueUnits)[number];

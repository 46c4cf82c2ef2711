export { covey, noConfig } from './covey-process.ts';
export type { CoveyProcess, Line } from './covey-process.ts';
export { freePort } from './free-port.ts';
export { serveBeacon } from './serve-beacon.ts';
export type { BeaconRelay } from './serve-beacon.ts';

export { covey } from './covey-process.ts';
export type { CoveyProcess, Line } from './covey-process.ts';

export { memoryStore } from './memory-store.ts';
export type { MemoryStore } from './memory-store.ts';
export { covey } from './covey-process.ts';
export type { CoveyProcess, Line } from './covey-process.ts';

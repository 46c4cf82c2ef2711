export { serveContent } from './http-content.ts';
export type { HttpContent } from './http-content.ts';
export { memoryStore } from './memory-store.ts';
export type { MemoryStore } from './memory-store.ts';

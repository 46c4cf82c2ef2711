export { serveContent } from './http-content.ts';
export type { HttpContent } from './http-content.ts';
export { memoryStore } from './memory-store.ts';
export type { MemoryStore } from './memory-store.ts';
export { quartersTask } from './quarters-task.ts';
export * as rpcFaults from './rpc-faults.ts';
export { rpcProxy } from './rpc-proxy.ts';
export type { Ask, Fault, RpcAnswer, RpcCall, RpcProxy } from './rpc-proxy.ts';

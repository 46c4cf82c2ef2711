export { covey } from './columns.ts';
export * from './tables/chain.ts';
export * from './tables/tasks.ts';
export * from './tables/rounds.ts';
export * from './tables/governance.ts';
export * from './tables/stake.ts';
export * from './tables/market.ts';
export * from './tables/token.ts';
export * from './tables/binding.ts';

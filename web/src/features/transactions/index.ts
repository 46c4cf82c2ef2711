export { readTransaction } from './read-transaction.ts';

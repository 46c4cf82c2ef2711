import { expect, it } from 'vitest';
import { causeOf } from './failure-cause.ts';

it('blames the seller for what the chain contradicts, and whoever serves for bytes that are not those of their address', () => {
  expect(causeOf('check', 'PROTOCOL_SEALED_MISMATCH')).toBe('altered');
  expect(causeOf('check', 'CONTENT_HASH_MISMATCH')).toBe('corrupted');
  expect(causeOf('open', 'CONTENT_HASH_MISMATCH')).toBe('corrupted');
});

it('calls a fault provable only after the key was there', () => {
  expect(causeOf('open', 'PROTOCOL_SEALED_MISMATCH')).toBe('wrongContent');
  expect(causeOf('open', 'ORDER_KEY_WRONG')).toBe('wrongKey');
});

it('says no more than it knows of any other error', () => {
  expect(causeOf('check', 'CHAIN_UNREACHABLE')).toBe('unchecked');
  expect(causeOf('open', 'WEB_SEALED')).toBe('unopened');
});

import { policyNumbers, policyTopics } from '@covey/contracts/abi/policy-numbers';
import type { PolicyParam } from '../../api/endpoints.ts';

const topics = new Map<string, string>(Object.entries(policyNumbers).map(([name, { topic }]) => [name, topic]));

/** The catalogue by subject; numbers that this version of the page does not know come last, never hidden. */
export function groupParams(params: readonly PolicyParam[]): { name: string; params: PolicyParam[] }[] {
  return [...policyTopics, 'other']
    .map((topic) => ({ name: topic, params: params.filter(({ name }) => (topics.get(name) ?? 'other') === topic) }))
    .filter((group) => group.params.length > 0);
}

import { policyAbi } from '@covey/contracts/abi';
import { params } from '@covey/contracts/abi/enums';
import { asc } from 'drizzle-orm';
import type { Policy, PolicyParam } from '../schema/index.ts';
import { policyChanges, scorerChanges } from '../store/schema.ts';
import { missing, originOf } from './reader.ts';
import type { Reader } from './reader.ts';

interface Description {
  name: string;
  unit: string;
  min: bigint;
  max: bigint;
  meaning: string;
}

/** Descriptions are code: they never change for one contract. */
const described = new Map<string, Promise<Description[]>>();

function describe(reader: Reader): Promise<Description[]> {
  const { policy } = reader.deployment;
  const key = `${reader.deployment.chainId}-${policy}`;
  const known = described.get(key);
  if (known !== undefined) return known;
  const asked = Promise.all(
    params.map((_name, param) =>
      reader.client.readContract({ address: policy, abi: policyAbi, functionName: 'describe', args: [param] }),
    ),
  ).then((all) => [...all]);
  described.set(key, asked);
  asked.catch(() => described.delete(key));
  return asked;
}

export async function readPolicy(reader: Reader): Promise<Policy> {
  const descriptions = await describe(reader);
  const changes = await reader.db
    .select()
    .from(policyChanges)
    .orderBy(asc(policyChanges.blockNumber), asc(policyChanges.logIndex));
  const scorers = await reader.db
    .select()
    .from(scorerChanges)
    .orderBy(asc(scorerChanges.blockNumber), asc(scorerChanges.logIndex));
  const scorer = scorers.at(-1);
  if (scorer === undefined) throw missing('policy in the index yet');
  return {
    contract: reader.deployment.policy,
    version: Math.max(...changes.map((change) => change.version), scorer.version),
    scorer: scorer.newScorer,
    params: descriptions.map((about, index) => {
      const history = changes.filter((change) => change.param === index);
      return {
        index,
        name: about.name,
        unit: about.unit as PolicyParam['unit'],
        value: (history.at(-1)?.newValue ?? 0n).toString(),
        min: about.min.toString(),
        max: about.max.toString(),
        meaning: about.meaning,
        history: history.map((change) => ({
          version: change.version,
          oldValue: change.oldValue.toString(),
          newValue: change.newValue.toString(),
          ...originOf(change),
        })),
      };
    }),
    scorerHistory: scorers.map((change) => ({
      version: change.version,
      oldScorer: change.oldScorer,
      newScorer: change.newScorer,
      ...originOf(change),
    })),
  };
}

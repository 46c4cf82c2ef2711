import { params } from '@covey/contracts/abi/enums';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { asc } from 'drizzle-orm';
import type { Policy } from '../schema/index.ts';
import { policyChanges, policyVersions, scorerChanges } from '../store/schema.ts';
import { missing, originOf } from './reader.ts';
import type { Reader } from './reader.ts';

export async function readPolicy(reader: Reader): Promise<Policy> {
  const changes = await reader.db
    .select()
    .from(policyChanges)
    .orderBy(asc(policyChanges.blockNumber), asc(policyChanges.logIndex));
  const scorers = await reader.db
    .select()
    .from(scorerChanges)
    .orderBy(asc(scorerChanges.blockNumber), asc(scorerChanges.logIndex));
  const versions = await reader.db.select().from(policyVersions).orderBy(asc(policyVersions.version));
  const now = reader.now();
  const version = versions.findLast((row) => row.effectiveAt <= now)?.version;
  const scorer = scorers.findLast((change) => change.version <= (version ?? 0));
  if (version === undefined || scorer === undefined) throw missing('policy in the index yet');
  const later = versions.filter((row) => row.version > version);
  return {
    contract: reader.deployment.policy,
    version,
    scorer: scorer.newScorer,
    announced: later.map((row) => ({ version: row.version, effectiveAt: row.effectiveAt, ...originOf(row) })),
    params: params.map((name, index) => {
      const { unit, min, max, meaning } = policyNumbers[name];
      const history = changes.filter((change) => change.param === index);
      const next = history.find((change) => change.version > version);
      const from = later.find((row) => row.version === next?.version);
      return {
        index,
        name,
        unit,
        value: (history.findLast((change) => change.version <= version)?.newValue ?? 0n).toString(),
        announced:
          next === undefined || from === undefined
            ? null
            : { value: next.newValue.toString(), version: next.version, effectiveAt: from.effectiveAt },
        min: min.toString(),
        max: max.toString(),
        meaning,
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

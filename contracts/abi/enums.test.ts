import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  caseStates,
  custodianKinds,
  params,
  reasons,
  roundPhases,
  snapshotStates,
  snapshotVoteTypes,
  taskStates,
  validatorStages,
  voidReasons,
  voteRejections,
} from './enums.ts';
import { policyAbi } from './policy.ts';

/** Members of an enum as the Solidity source has them, in camelCase. */
function membersOf(file: string, name: string): string[] {
  const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8');
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(source)?.[1];
  if (!body) throw new Error(`${file} has no enum ${name}`);
  return body
    .replaceAll(/\/\/.*/g, '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member.length > 0)
    .map((member) => member[0]!.toLowerCase() + member.slice(1));
}

describe('the enums in TypeScript are those of the contracts', () => {
  it.each([
    ['types/Types.sol', 'TaskState', taskStates],
    ['types/Types.sol', 'RoundPhase', roundPhases],
    ['interfaces/ISlashCourt.sol', 'Reason', reasons],
    ['interfaces/ISlashCourt.sol', 'CaseState', caseStates],
    ['interfaces/IPolicy.sol', 'Param', params],
    ['types/Types.sol', 'VoidReason', voidReasons],
    ['interfaces/IRoundManager.sol', 'ValidatorStage', validatorStages],
    ['interfaces/ICoveyToken.sol', 'CustodianKind', custodianKinds],
    ['plugins/ISnapshotVoting.sol', 'VoteType', snapshotVoteTypes],
    ['plugins/ISnapshotVoting.sol', 'State', snapshotStates],
    ['plugins/ISnapshotVoting.sol', 'Rejection', voteRejections],
  ])('%s %s', (file, name, members) => {
    expect([...members]).toEqual(membersOf(file, name));
  });

  it('gives every parameter the name that the catalogue of the contract has for it', () => {
    const catalogue = readFileSync(new URL('../src/policy/PolicyCatalogue.sol', import.meta.url), 'utf8');
    const words = catalogue.slice(catalogue.indexOf('function _words'));
    const described = [...words.matchAll(/\(\s*"(\w+)",\s*"\w+",/g)].map((match) => match[1]);
    expect(described).toEqual([...params]);
    expect(policyAbi.some((item) => item.type === 'function' && item.name === 'describe')).toBe(true);
  });
});

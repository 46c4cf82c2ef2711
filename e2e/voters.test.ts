// A thousand people decide: votes by HTTP to a real server, on chain in batches, executed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holding } from '../scripts/voters/electorate.ts';
import { voteOnce, type VotersResult } from '../scripts/voters/vote.ts';

const voters = 1_000;
const dir = mkdtempSync(join(tmpdir(), 'covey-voters-'));
let result: VotersResult;

beforeAll(async () => {
  result = await voteOnce({ voters, dir, progress: () => undefined });
  for (const { stage, seconds, gas } of result.stages) {
    process.stderr.write(`${stage}: ${seconds.toFixed(1)} s${gas === undefined ? '' : `, ${gas} gas`}\n`);
  }
  process.stderr.write(`${result.gasPerVote} gas a vote\n`);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('every vote that was cast by HTTP counts on chain, with the power of its voter', () => {
  expect(result).toMatchObject({ accepted: voters, counted: voters });
  expect(result.proposal.tally).toEqual({
    forVotes: 600n * holding,
    against: 300n * holding,
    abstain: 100n * holding,
    voters: BigInt(voters),
  });
});

test('what they decided is executed', () => {
  expect(result.proposal.state).toBe('executable');
  expect(result.policy.after).toBe(result.policy.wanted);
  expect(result.policy.after).not.toBe(result.policy.before);
});

test('no batch of votes needs more gas than one transaction may have', () => {
  const stage = result.stages.find(({ transactions = 0 }) => transactions > 1);
  expect(Number(stage?.gas) / Number(stage?.transactions)).toBeLessThan(16_777_216);
});

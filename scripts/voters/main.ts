// `npm run voters [-- --voters N] [--json]`: one binding Snapshot vote end to end, with its time and gas.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { voteOnce, type VotersResult } from './vote.ts';

const { values } = parseArgs({ options: { voters: { type: 'string', default: '1000' }, json: { type: 'boolean' } } });
const voters = Number(values.voters);
if (!Number.isInteger(voters) || voters < 100 || voters > 1_500) {
  process.stderr.write('usage: npm run voters [-- --voters N] [--json]   (N from 100 to 1500, default 1000)\n');
  process.exit(2);
}

const dir = mkdtempSync(join(tmpdir(), 'covey-voters-'));
try {
  const result = await voteOnce({ voters, dir, progress: (text) => void process.stderr.write(`${text}\n`) });
  const json = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
  const text = values.json ? JSON.stringify({ schema: 'covey.voters/1', ...result }, json) : table(result);
  process.stdout.write(`${text}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function table({ stages, gasPerVote, proposal }: VotersResult): string {
  const number = new Intl.NumberFormat('en');
  return [
    '| stage | seconds | transactions | gas |',
    '| --- | ---: | ---: | ---: |',
    ...stages.map(
      ({ stage, seconds, transactions, gas }) =>
        `| ${stage} | ${seconds.toFixed(1)} | ${transactions ?? ''} | ${gas === undefined ? '' : number.format(gas)} |`,
    ),
    '',
    `${number.format(proposal.tally.voters)} votes counted, ${number.format(gasPerVote)} gas each.`,
  ].join('\n');
}

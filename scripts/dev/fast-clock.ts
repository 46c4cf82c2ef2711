// Moves the clock of a development chain through votes and windows, so that a person need not wait for days: to the end of
// a window a few seconds after everybody has done what it is for, and after minutes without anybody where somebody is missed.
import { isClosed, readRound, readTask, readTaskCount, type CoveyChain } from '@covey/client';
import { listProposals } from '@covey/governance';
import type { Anvil } from '@covey/governance/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { endToPass, windowToPass, type Passing } from './window-to-pass.ts';

export interface FastClock {
  stop(): Promise<void>;
}

export function startFastClock(chain: Anvil, covey: CoveyChain, say: (line: string) => void): FastClock {
  const stop = new AbortController();
  const quiet = quietness(chain);
  const look = async () => {
    const { timestamp } = await chain.publicClient.getBlock();
    const now = Number(timestamp);
    const still = await quiet();
    const found = [...(await votes(covey, now)), ...(await windows(covey, now))];
    const next = endToPass(found, still);
    if (!next) return;
    const seconds = next.endsAt - now;
    await chain.advance(Math.max(1, seconds));
    say(`clock: ${next.what}; moved ${seconds} s on to ${new Date(next.endsAt * 1000).toISOString()}`);
  };
  const running = (async () => {
    while (!stop.signal.aborted) {
      // The chain may already be gone when everything ends.
      await look().catch((error: unknown) => {
        if (!stop.signal.aborted)
          say(`clock: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
      });
      await sleep(1_000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stop.abort();
      await running;
    },
  };
}

/** Milliseconds of the machine since a block with a transaction came. */
function quietness({ publicClient }: Anvil): () => Promise<number> {
  let seen = -1n;
  let since = performance.now();
  return async () => {
    const head = await publicClient.getBlockNumber({ cacheTime: 0 });
    // Of a chain that was just loaded, only the newest.
    for (let number = seen < 0n || head - seen > 50n ? head : seen + 1n; number <= head; number++) {
      const count = await publicClient.getBlockTransactionCount({ blockNumber: number });
      if (count && count > 0) since = performance.now();
    }
    seen = head;
    return performance.now() - since;
  };
}

/** Votes end at their end alone, since nobody holds half of all tokens: then all count who were to take part. */
async function votes(covey: CoveyChain, now: number): Promise<Passing[]> {
  const { proposals } = await listProposals(covey, { limit: 10 });
  return proposals.flatMap(({ id, state, endDate, tally, minVotingPower }) => {
    if (state !== 'active' || Number(endDate) <= now) return [];
    const complete = tally.yes + tally.no + tally.abstain >= minVotingPower;
    const what = `voting on proposal ${id} ended${complete ? '' : ' without the participation that it needs'}`;
    return [{ what, endsAt: Number(endDate) + 1, complete }];
  });
}

async function windows(covey: CoveyChain, now: number): Promise<Passing[]> {
  const count = Number(await readTaskCount(covey));
  const found: Passing[] = [];
  for (let taskId = 1n; taskId <= count; taskId++) {
    const { roundsOpened, roundsClosed } = await readTask(covey, taskId);
    if (roundsOpened === roundsClosed) continue;
    const round = await readRound(covey, taskId, roundsOpened - 1);
    const window = isClosed(round.phase) ? null : windowToPass(round, now);
    if (!window) continue;
    const { name, endsAt, complete, missing } = window;
    const what = `task ${taskId}, round ${round.round}: window ${name} ended${complete ? '' : ` without ${missing}`}`;
    found.push({ what, endsAt, complete });
  }
  return found;
}

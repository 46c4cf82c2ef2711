import { join } from 'node:path';
import { fetchInferenceModel } from '@covey/client/inference';
import type { InferenceRequest } from '@covey/protocol/inference';
import { cast } from '../cast.ts';
import { readAccounts, redeem, settleAccounts } from '../hosting/accounts.ts';
import { buyAnswers } from '../hosting/buying.ts';
import { closeCase, openCase } from '../hosting/conviction.ts';
import { tenDigits } from '../hosting/digits.ts';
import { seldomByte } from '../hosting/seldom-byte.ts';
import { hostStake, startServing } from '../hosting/serving.ts';
import type { Stage } from '../stage.ts';
import type { Summary } from '../summary.ts';

/** COVEY for a request: who lies is the cheaper. */
const prices = { honest: '0.02', liar: '0.01' };

/**
 * Two hosts serve the final model for pay, one of them with a bit of it flipped. A client buys ten predictions of each: one
 * of the liar's is wrong, and costs it half of its stake. In the end every account is counted to the wei.
 */
export async function answersSold(
  stage: Stage,
  { taskId, document, model }: { taskId: bigint; document: string; model: string },
): Promise<Summary['hosting']> {
  const { world, core, progress, stops } = stage;
  const digits = await tenDigits();
  const hosts = await progress.step(
    'Two hosts stake and serve the final model, one with a bit of it flipped',
    async (detail) => {
      const named = { model, network: document };
      const requests = digits.map(({ question }): InferenceRequest => ({
        schema: 'covey.request/1',
        ...named,
        ...question,
      }));
      const { architecture } = await fetchInferenceModel(world.store, named);
      const flips = seldomByte(core, architecture, await world.store.get(model), requests);
      const [honest, liar] = await Promise.all([
        startServing(world, { account: cast.host, taskId, price: prices.honest }),
        startServing(world, { account: cast.lyingHost, taskId, price: prices.liar, flips }),
      ]);
      stops.push(honest.daemon, liar.daemon);
      detail(
        `${honest.node} at ${prices.honest} COVEY a request; ${liar.node} at ${prices.liar}, lying from byte ${flips}`,
      );
      return { honest, liar };
    },
  );
  const before = await readAccounts(world, hosts);
  const log = join(world.dir, 'answers.jsonl');
  const bought = await progress.step('A client buys ten predictions of each host, by vouchers over HTTP', (detail) =>
    buyAnswers(stage, { hosts, model, digits, log }, detail),
  );
  const opened = await progress.step('It computes all of them again, and opens a case about the wrong one', () =>
    openCase(stage, { hosts, bought, log }),
  );
  await progress.step('The hosts stop and redeem their vouchers', () => redeem(stage, hosts, bought));
  const closed = await progress.step('Nobody stands up for the liar: anybody closes the case', (detail) =>
    closeCase(stage, { hosts, opened }, detail),
  );
  const settled = await progress.step('The client’s channels are closed, and every account is counted', () =>
    settleAccounts(stage, { hosts, bought, before, closed }),
  );
  return {
    model,
    hosts: (['honest', 'liar'] as const).map((who) => ({
      node: hosts[who].node,
      plays: who === 'honest' ? 'honest host' : 'lying host',
      staked: String(hostStake),
      stakeLeft: String(settled.after[`${who}Stake`]),
      channel: bought[who].channel,
      answers: bought[who].answers.length,
      redeemed: String(bought[who].signed),
      fee: String(settled.fee[who]),
    })),
    case: {
      caseId: String(opened.caseId),
      target: closed.node,
      signed: opened.signed,
      right: opened.right,
      evidence: opened.evidence,
      bond: String(closed.bond),
      taken: String(closed.taken),
      toReporter: String(settled.toReporter),
      toTreasury: String(settled.toTreasury),
    },
  };
}

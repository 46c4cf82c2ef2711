import type { NodeEvent } from '../events.ts';
import { dutySteps } from '../daemon/duties.ts';
import { troubleNames } from '../daemon/trouble-names.ts';
import { Exposition } from './exposition.ts';

/** What a daemon shows to Prometheus: what events say, counted, and what it looks at from time to time. */
export class NodeMetrics {
  readonly #all = new Exposition();
  readonly #info = this.#all.gauge('covey_info', 'What runs here; always 1.');
  readonly #joined = this.#all.counter('covey_rounds_joined_total', 'Rounds joined.');
  readonly #committed = this.#all.counter('covey_commits_total', 'Commitments, by what was committed to.');
  readonly #revealed = this.#all.counter('covey_reveals_total', 'Reveals, by what was revealed.');
  readonly #missed = this.#all.counter('covey_missed_total', 'Steps that came too late, by step.');
  readonly #claimed = this.#all.counter('covey_claimed_covey_total', 'COVEY claimed, what vests included.');
  readonly #orders = this.#all.counter('covey_orders_total', 'Orders of sealed models, by what became of them.');
  readonly #transactions = this.#all.counter('covey_transactions_total', 'Transactions, by what became of them.');
  readonly #gas = this.#all.counter('covey_gas_used_total', 'Gas used by own transactions.');
  readonly #spent = this.#all.counter('covey_gas_spent_ether_total', 'Ether paid for it.');
  readonly #errors = this.#all.counter('covey_errors_total', 'Errors that were outlived, by code.');
  readonly #computeSeconds = this.#all.counter('covey_compute_seconds_total', 'Seconds of training and scoring.');
  readonly #computed = this.#all.counter('covey_computed_total', 'Finished trainings and scorings.');
  readonly #answers = this.#all.counter('covey_host_answers_total', 'Answers of a host, by kind and model.');
  readonly #answerSeconds = this.#all.counter('covey_host_answer_seconds_total', 'Seconds that answers took.');
  readonly #together = this.#all.counter('covey_host_together_total', 'Answers computed beside each, itself counted.');
  readonly #turnedAway = this.#all.counter('covey_host_turned_away_total', 'Requests without an answer, by code.');
  readonly #priced = this.#all.counter('covey_host_earned_covey_total', 'COVEY that answers cost.');
  readonly #redeemed = this.#all.counter('covey_host_redeemed_covey_total', 'COVEY redeemed, the fee included.');
  readonly #endpoint = this.#all.gauge('covey_rpc_endpoint_up', '0 for an endpoint that is passed over.');
  readonly #rpcFailures = this.#all.counter('covey_rpc_failures_total', 'Requests that failed, by endpoint.');
  readonly #contentFailures = this.#all.counter('covey_content_failures_total', 'Failures of the IPFS node, by code.');
  readonly #trouble = this.#all.gauge('covey_trouble', '1 while it lasts, by what it is.');
  readonly block = this.#all.gauge('covey_block_number', 'Newest block seen.');
  readonly blockAge = this.#all.gauge('covey_block_age_seconds', 'Its age by this machine’s clock.');
  readonly clockOff = this.#all.gauge(
    'covey_clock_off_seconds',
    'How far the clock is off, beyond what blocks explain.',
  );
  readonly balance = this.#all.gauge('covey_balance_ether', 'Ether of the account.');
  readonly balanceNeeded = this.#all.gauge(
    'covey_balance_needed_ether',
    'Ether that the rounds it is in may still need.',
  );
  readonly pending = this.#all.gauge('covey_pending_steps', 'Rounds with a step to come.');
  readonly deadline = this.#all.gauge(
    'covey_deadline_seconds',
    'Seconds left to the nearest deadline; +Inf without one.',
  );
  readonly #memory = this.#all.gauge('process_resident_memory_bytes', 'Resident memory.');
  readonly #cpu = this.#all.counter('process_cpu_seconds_total', 'CPU time of the process.');
  readonly #start = this.#all.gauge('process_start_time_seconds', 'When it began, unix seconds.');

  #cpuBefore = { user: 0, system: 0 };

  constructor() {
    this.#start(Math.round(Date.now() / 1000 - process.uptime()));
    for (const what of troubleNames) this.#trouble(0, { what });
    // A counter that begins at 1 has not increased, so that nobody is told of the first.
    for (const step of ['join', ...dutySteps]) this.#missed({ step }, 0);
    for (const state of ['missed', 'lacking', 'fraudulent']) this.#orders({ state }, 0);
    for (const state of ['replaced', 'failed', 'reverted']) this.#transactions({ state }, 0);
    this.deadline(Infinity);
    this.pending(0);
  }

  rpcFailed(endpoint: string): void {
    this.#rpcFailures({ endpoint });
  }

  contentFailed(code: string): void {
    this.#contentFailures({ code });
  }

  /** Counts what an event says. */
  take(event: NodeEvent): void {
    switch (event.event) {
      case 'started':
        return this.#info(1, { role: event.role, address: event.address });
      case 'joined':
        return this.#joined();
      case 'committed':
        return this.#committed({ what: 'submission' });
      case 'attested':
        return this.#committed({ what: 'attestation' });
      case 'result-committed':
        return this.#committed({ what: 'result' });
      case 'revealed':
        return this.#revealed({ what: 'submission' });
      case 'attestation-revealed':
        return this.#revealed({ what: 'attestation' });
      case 'result-revealed':
        return this.#revealed({ what: 'result' });
      case 'missed':
        return this.#missed({ step: event.step });
      case 'claimed':
        return this.#claimed({}, ether(event.total));
      case 'order-seen':
        return this.#orders({ state: 'seen' });
      case 'key-delivered':
        return this.#orders({ state: 'delivered' });
      case 'key-lacking':
        return this.#orders({ state: 'lacking' });
      case 'order-missed':
        return this.#orders({ state: 'missed' });
      case 'order-settled':
        return this.#orders({ state: 'settled' });
      case 'listing-fraudulent':
        return this.#orders({ state: 'fraudulent' });
      case 'error':
        return this.#errors({ code: event.code });
      case 'computed':
        this.#computed({ what: event.what });
        return this.#computeSeconds({ what: event.what }, event.seconds);
      case 'trouble':
        return this.#trouble(1, { what: event.what });
      case 'recovered':
        return 'what' in event ? this.#trouble(0, { what: event.what }) : undefined;
      case 'answered': {
        const labels = { kind: event.kind, model: event.model };
        this.#answers(labels);
        this.#answerSeconds(labels, event.seconds);
        this.#together(labels, event.together);
        return this.#priced({}, ether(event.price));
      }
      case 'turned-away':
        return this.#turnedAway({ code: event.code });
      case 'redeemed':
        this.#redeemed({}, ether(event.amount));
        return this.#gas({}, Number(event.gasUsed));
      case 'desk-answered':
      case 'desk-delivered':
      case 'desk-refunded':
        return this.#gas({}, Number(event.gasUsed));
      case 'endpoint-left':
        return this.#endpoint(0, { endpoint: event.endpoint });
      case 'endpoint-back':
        return this.#endpoint(1, { endpoint: event.endpoint });
      case 'tx-mined':
        this.#gas({}, Number(event.gasUsed));
        this.#spent({}, ether(event.gasUsed * event.price));
        return this.#transactions({ state: event.reverted ? 'reverted' : 'mined' });
      case 'tx-sent':
      case 'tx-replaced':
      case 'tx-resent':
      case 'tx-displaced':
      case 'tx-failed':
        return this.#transactions({ state: event.event.slice('tx-'.length) });
    }
  }

  text(): string {
    this.#memory(process.memoryUsage.rss());
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    this.#cpuBefore = process.cpuUsage();
    this.#cpu({}, (user + system) / 1e6);
    return this.#all.text();
  }
}

/** A double has 15 digits: enough to draw and to warn by. */
export const ether = (wei: bigint): number => Number(wei) / 1e18;

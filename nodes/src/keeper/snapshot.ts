import type { CoveyWriter } from '@covey/client';
import type { Deployment } from '@covey/contracts/abi';
import {
  executeBound,
  findSnapshotVoting,
  getBoundProposal,
  listBoundProposals,
  readHubVotes,
  submitVotes,
  type BoundRegistration,
  type HubSource,
} from '@covey/governance';
import type { Hex } from 'viem';
import type { OnEvent } from '../events.ts';

/** Milliseconds between two looks for a plugin that the deployment does not name: it means reading all grants. */
const lookEveryMs = 30_000;

/** What is over: nothing of these states comes back. */
const over = new Set(['defeated', 'executed', 'vetoed', 'expired']);

/**
 * Makes Snapshot votes bind: when voting has ended, brings the votes that a hub has on chain, and executes what was
 * decided once its delay has passed. Anyone may do both; the hub is not believed, and many may do it at once.
 */
export class SnapshotKeeper {
  readonly #covey: CoveyWriter;
  readonly #source: HubSource;
  readonly #onEvent: OnEvent;
  #plugin: Deployment['snapshotVoting'];
  #looked = -lookEveryMs;
  #nextBlock: bigint;
  readonly #open = new Map<Hex, BoundRegistration>();
  /** Until when submissions were taken when this keeper last brought a proposal's votes; prolonged, it looks again. */
  readonly #submitted = new Map<Hex, number>();

  constructor(covey: CoveyWriter, source: HubSource, onEvent: OnEvent) {
    this.#covey = covey;
    this.#source = { ...source, publicClient: covey.publicClient };
    this.#onEvent = onEvent;
    this.#plugin = covey.deployment.snapshotVoting;
    this.#nextBlock = BigInt(covey.deployment.startBlock);
  }

  /** Does what is due; a proposal that fails does not keep the others from it. Throws the first failure at the end. */
  async step(): Promise<void> {
    if (!(await this.#findPlugin())) return;
    await this.#readRegistrations();
    const failures: unknown[] = [];
    for (const registration of this.#open.values()) {
      await this.#keep(registration).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  get #bound() {
    return { ...this.#covey, deployment: { ...this.#covey.deployment, snapshotVoting: this.#plugin } };
  }

  async #findPlugin(): Promise<boolean> {
    if (this.#plugin === undefined && performance.now() - this.#looked >= lookEveryMs) {
      this.#looked = performance.now();
      this.#plugin = await findSnapshotVoting(this.#covey);
    }
    return this.#plugin !== undefined;
  }

  async #readRegistrations(): Promise<void> {
    const head = await this.#covey.publicClient.getBlockNumber();
    if (head < this.#nextBlock) return;
    const fromBlock = this.#nextBlock;
    for (const made of await listBoundProposals(this.#bound, { fromBlock })) this.#open.set(made.id, made);
    this.#nextBlock = head + 1n;
  }

  async #keep({ id, actions }: BoundRegistration): Promise<void> {
    const proposal = await getBoundProposal(this.#bound, { id });
    const { state, submissionEnd } = proposal;
    if (over.has(state)) this.#open.delete(id);
    else if (state === 'executable') await this.#execute(id, actions);
    else if (state === 'submission' && this.#submitted.get(id) !== submissionEnd) {
      await this.#submit(id);
      this.#submitted.set(id, submissionEnd);
    }
  }

  async #submit(id: Hex): Promise<void> {
    const { votes } = await readHubVotes({ ...this.#source, id });
    const { counted, skipped, rejected, receipts } = await submitVotes(this.#bound, { id, envelopes: votes });
    if (receipts.length === 0) return;
    const gasUsed = receipts.reduce((sum, receipt) => sum + receipt.gasUsed, 0n);
    this.#onEvent({
      event: 'votes-submitted',
      proposal: id,
      counted,
      skipped: skipped.length,
      rejected: rejected.length,
      gasUsed,
    });
  }

  async #execute(id: Hex, actions: BoundRegistration['actions']): Promise<void> {
    const { hash, receipt } = await executeBound(this.#bound, { id, actions });
    this.#open.delete(id);
    this.#onEvent({ event: 'snapshot-executed', proposal: id, tx: hash, gasUsed: receipt.gasUsed });
  }
}

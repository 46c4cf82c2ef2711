import type { Abi, Address, ContractFunctionArgs, ContractFunctionName, ContractFunctionReturnType } from 'viem';
import type { CoveyChain } from '@covey/client';
import { contractAnswer } from '../../contract-answer.ts';
import type { Labels } from '../labels.ts';
import { readValue } from '../../values/read-value.ts';
import type { Value } from '../../values/read-value.ts';
import { valueRow } from '../../values/registry.ts';
import type { ValueId } from '../../values/registry.ts';
import type { Change, ChangeTopic, ChangeUnit, ChangeValue } from './change.ts';

interface Draft extends Pick<Change, 'what'> {
  /** Where it is not what the registry says: amounts of other tokens, numbers of the policy. */
  unit?: ChangeUnit;
  about: (Omit<ChangeTopic, 'label'> & { label?: string | undefined })[];
  /** Asks the chain; not called when an earlier call of the list has changed the value. */
  read: () => Promise<ChangeValue | null | undefined>;
  next: ChangeValue | null | ((old: ChangeValue | null) => ChangeValue | null);
}

const keyOf = ({ what, about }: Pick<Draft, 'what' | 'about'>) =>
  JSON.stringify([what, ...about.map(({ value }) => value.toLowerCase())]);

/**
 * The chain at one block with what the calls so far would have made of it: the second change of a value goes from the
 * first new value to the second.
 */
export class Ledger {
  readonly covey: CoveyChain;
  readonly labels: Labels;
  readonly blockNumber: bigint | undefined;
  readonly #pending = new Map<string, ChangeValue | null>();

  constructor(covey: CoveyChain, labels: Labels, blockNumber?: bigint) {
    this.covey = covey;
    this.labels = labels;
    this.blockNumber = blockNumber;
  }

  get deployment() {
    return this.covey.deployment;
  }

  /** Spread into any read, so that all of them see the same block. */
  get at(): { blockNumber?: bigint } {
    return this.blockNumber === undefined ? {} : { blockNumber: this.blockNumber };
  }

  /** The same for reads of events. */
  get until(): { toBlock?: bigint } {
    return this.blockNumber === undefined ? {} : { toBlock: this.blockNumber };
  }

  read<
    const abi extends Abi,
    name extends ContractFunctionName<abi, 'pure' | 'view'>,
    const args extends ContractFunctionArgs<abi, 'pure' | 'view', name>,
  >(
    address: Address,
    abi: abi,
    functionName: name,
    args: args,
  ): Promise<ContractFunctionReturnType<abi, 'pure' | 'view', name, args>> {
    const call = { address, abi: abi as Abi, functionName: functionName as string, args: args as readonly unknown[] };
    return this.covey.publicClient.readContract({ ...call, ...this.at }) as Promise<
      ContractFunctionReturnType<abi, 'pure' | 'view', name, args>
    >;
  }

  /** Reads a value of the registry. */
  value(id: ValueId, args: readonly unknown[] = [], address?: Address): Promise<Value> {
    const options = { blockNumber: this.blockNumber, ...(address && { address }) };
    return readValue(this.covey, id, args, options);
  }

  /** What a value is after the calls so far. */
  async now(draft: Pick<Draft, 'what' | 'about' | 'read'>): Promise<ChangeValue | null> {
    const known = this.#pending.get(keyOf(draft));
    return known !== undefined ? known : ((await contractAnswer(draft.read())) ?? null);
  }

  async change(draft: Draft): Promise<Change> {
    const { what, unit = valueRow(what).unit, next } = draft;
    const about = draft.about.map(({ name, value, label }) => ({ name, value, ...(label && { label }) }));
    const oldValue = await this.now(draft);
    const newValue = typeof next === 'function' ? next(oldValue) : next;
    this.#pending.set(keyOf(draft), newValue);
    return { what, about, unit, oldValue, newValue };
  }
}

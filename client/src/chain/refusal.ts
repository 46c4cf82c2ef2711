import { knownErrorsAbi } from '@covey/contracts/abi';
import type { AbiParameter } from 'viem';
import { memberOf, numberText, unitOf } from './refusal-units.ts';

/** An argument of a contract's error, as people read it. */
export interface RefusalFact {
  /** English words: `available at` for `availableAt`. */
  label: string;
  /** In units of people: COVEY, UTC, hours, percent; the name of an enum's member. */
  value: string;
}

/** More of a text that a contract chose than anybody reads. */
const maxText = 200;

/** What a contract's error says with its arguments; the ABI of an error that nobody here knows is given. */
export function refusalFacts(name: string, args: readonly unknown[], inputs = inputsOf(name, args)): RefusalFact[] {
  return args.map((value, index) => {
    const input = inputs[index];
    return { label: labelOf(input?.name ?? ''), value: valueOf(name, input, value, args[0]) };
  });
}

/** The meaning with the facts before its full stop: `The notice has not passed (lock 7, unlocks at 2026-… UTC).` */
export function refusalSentence(meaning: string, facts: readonly RefusalFact[]): string {
  if (facts.length === 0) return meaning;
  const said = facts.map(({ label, value }) => (label ? `${label} ${value}` : value)).join(', ');
  return `${meaning.replace(/\.$/, '')} (${said}).`;
}

function inputsOf(name: string, args: readonly unknown[]): readonly AbiParameter[] {
  const known = knownErrorsAbi.find((item) => item.name === name && item.inputs.length === args.length);
  return known?.inputs ?? [];
}

function valueOf(error: string, input: AbiParameter | undefined, value: unknown, about: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') {
    const number = BigInt(value);
    return memberOf(input?.internalType, number) ?? numberText(unitOf(error, input?.name ?? '', about), number);
  }
  const text =
    typeof value === 'string'
      ? value
      : JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}

/** `taskId` is a task, `availableAt` when something is available. */
const labelOf = (name: string): string =>
  name
    .replace(/Id$|_$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();

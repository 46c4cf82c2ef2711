import { plainLine } from './plain-text.ts';

const MAX_LABEL = 200;

/** A vote's choice in the words of its proposal: `For`, `A, B`, `1. A 2. B`, `A 75 %, B 25 %`. */
export function choiceLabel(type: string, choices: readonly string[], choice: unknown): string {
  const name = (number: unknown) => choices[Number(number) - 1] ?? String(number);
  return plainLine(words(type, choice, name), MAX_LABEL);
}

function words(type: string, choice: unknown, name: (number: unknown) => string): string {
  if (Array.isArray(choice)) {
    return type === 'ranked-choice'
      ? choice.map((number, rank) => `${rank + 1}. ${name(number)}`).join(' ')
      : choice.map(name).join(', ');
  }
  if (typeof choice !== 'object' || choice === null) return name(choice);
  const weights = Object.entries(choice as Record<string, number>).filter(([, weight]) => weight > 0);
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  return weights.map(([number, weight]) => `${name(number)} ${Math.round((100 * weight) / sum)} %`).join(', ');
}

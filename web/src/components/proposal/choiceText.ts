/** A signed choice in words: a number from 1 names an option; other voting types sign lists or maps of numbers. */
export function choiceText(choice: unknown, choices: readonly string[]): string {
  if (typeof choice === 'number') return choices[choice - 1] ?? `#${choice}`;
  if (Array.isArray(choice)) return choice.map((item) => choiceText(item, choices)).join(', ');
  if (typeof choice === 'object' && choice !== null) {
    return Object.entries(choice)
      .map(([key, value]) => `${choiceText(Number(key), choices)}: ${String(value)}`)
      .join(', ');
  }
  return String(choice);
}

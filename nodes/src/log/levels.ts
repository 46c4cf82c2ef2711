export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

/** Whether something of this level is to be said where `least` was asked for. */
export function isSaid(level: Level, least: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(least);
}

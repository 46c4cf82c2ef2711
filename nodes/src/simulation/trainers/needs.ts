import type { PlayedTask } from '@covey/protocol';
import { networkLayout } from '@covey/wasm-core';
import { hasClasses } from '../measure.ts';

/** What a strategy asks of a task's samples: one class each; of bytes that make a square grey image; of ten classes. */
export type Need = 'labels' | 'grey images' | 'images of ten classes';

/** Whether the task's samples are what a strategy needs. */
export function meets(task: PlayedTask, need: Need | undefined): boolean {
  const { architecture } = task;
  const { classes, input } = networkLayout(architecture.layers);
  const isLabelled = input.kind !== 'tokens' && hasClasses(task);
  const [first] = architecture.layers;
  const isGrey = first?.type !== 'image' || first.channels === 1;
  switch (need) {
    case undefined:
      return true;
    case 'labels':
      return isLabelled;
    case 'grey images':
      return architecture.input === 'u8' && isGrey && Number.isInteger(Math.sqrt(input.size));
    case 'images of ten classes':
      return architecture.input === 'u8' && isLabelled && classes >= 10;
  }
}

export function classesOf({ architecture }: PlayedTask): number {
  return networkLayout(architecture.layers).classes;
}

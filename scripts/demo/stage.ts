import type { Core } from '@covey/wasm-core';
import type { CheckList } from './check-list.ts';
import type { Progress } from './progress.ts';
import type { World } from './world.ts';

/** What every chapter of the story works with. */
export interface Stage {
  world: World;
  core: Core;
  progress: Progress;
  checks: CheckList;
  /** Processes that run until the demo ends; each chapter adds those that it starts. */
  stops: { stop(): Promise<unknown> }[];
}

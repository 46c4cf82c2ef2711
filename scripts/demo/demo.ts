// Sets the stage for the story in an empty folder, and takes it down again.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadNodeCore } from '@covey/wasm-core/node';
import { CheckList } from './check-list.ts';
import { Progress } from './progress.ts';
import { tellStory } from './story.ts';
import type { Summary } from './summary.ts';
import { World } from './world.ts';

export interface DemoOptions {
  /** Folder for everything that the demo writes; emptied first. */
  dir: string;
  /** Port of the server and the web app; 0 for any. */
  port: number;
}

export interface Demo {
  summary: Summary;
  world: World;
  stop(): Promise<void>;
}

export async function runDemo({ dir, port }: DemoOptions): Promise<Demo> {
  emptyFolder(dir);
  const progress = new Progress();
  const checks = new CheckList();
  const core = await loadNodeCore();
  let world: World | undefined;
  const stops: { stop(): Promise<unknown> }[] = [];
  const stop = async () => {
    await Promise.all(stops.map((process) => process.stop()));
    await world?.stop();
  };

  try {
    world = await progress.step('Start a chain, deploy DAO, token and contracts, start server and IPFS', (detail) =>
      World.start({ dir, port, scorer: core.sha256, detail, onEvent: () => undefined }),
    );
    const summary = await tellStory({ world, core, progress, checks, stops });
    return { summary, world, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes `dir` new and empty; refuses a folder that holds anything but an earlier demo. */
function emptyFolder(dir: string): void {
  const mark = join(dir, '.covey-demo');
  if (existsSync(dir) && readdirSync(dir).length > 0 && !existsSync(mark)) {
    throw new Error(`${dir} holds something that is no earlier demo. Name a new folder, or empty this one yourself.`);
  }
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(mark, '');
}

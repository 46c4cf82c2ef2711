import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import type { Router } from 'vue-router';
import App from '../src/app/App.vue';
import { i18n } from '../src/app/i18n.ts';
import { routes } from '../src/app/routes.ts';
import { bringWallet, network, silentStream } from './worlds.ts';
import type { Serve, World } from './worlds.ts';

// Loaded before the first visit, so that what a page loads late is there within a visit's time.
import.meta.glob('../src/**/*.vue', { eager: true });
import '../src/ui/markdown/render.ts';

export interface Mounted {
  root: HTMLElement;
  router: Router;
  /** Paths of the API that the page asked for. */
  asked: string[];
  /** Everything that went wrong: thrown, warned, rejected, or a text that a language lacks. */
  complaints: string[];
  /** Resolves once the page has stopped changing. */
  settled(): Promise<void>;
  unmount(): void;
}

/** Mounts the whole app at a path, as `main.ts` does; failed requests are not tried again, so that they show at once. */
export async function mount(path: string, world: World, serve?: Serve): Promise<Mounted> {
  const complaints: string[] = [];
  const asked: string[] = [];
  const stop = complainTo((what) => void complaints.push(what));
  Object.assign(globalThis, {
    fetch: network(world, (what) => void asked.push(what), serve),
    EventSource: silentStream(world),
  });
  const takeAway = bringWallet(world);

  const root = document.createElement('div');
  root.id = 'app';
  document.body.append(root);
  const router = createRouter({ history: createMemoryHistory(), routes });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const app = createApp(App).use(createPinia()).use(i18n).use(router).use(VueQueryPlugin, { queryClient });
  app.config.errorHandler = (error) => complaints.push(`thrown: ${String(error)}`);
  app.config.warnHandler = (message, _instance, trace) => complaints.push(`warning: ${message}${trace}`);
  i18n.global.setMissingHandler((locale, key) => void complaints.push(`missing in ${locale}: ${key}`));
  await router.push(path);
  await router.isReady();
  app.mount(root);
  return {
    root,
    router,
    asked,
    complaints,
    settled: () => settled(root),
    unmount: () => {
      app.unmount();
      queryClient.clear();
      root.remove();
      takeAway();
      stop();
    },
  };
}

// Charts ask how much room they have; nothing is laid out here.
Object.defineProperties(HTMLElement.prototype, {
  clientWidth: { get: () => 800, configurable: true },
  clientHeight: { get: () => 300, configurable: true },
});

function complainTo(complain: (what: string) => void): () => void {
  const rejected = (reason: unknown) => complain(`rejected: ${String(reason)}`);
  const thrown = ({ error, message }: ErrorEvent) => complain(`thrown: ${String(error ?? message)}`);
  process.on('unhandledRejection', rejected);
  window.addEventListener('error', thrown);
  const { warn, error } = console;
  console.warn = (...args: unknown[]) => complain(`console.warn: ${args.join(' ')}`);
  console.error = (...args: unknown[]) => complain(`console.error: ${args.join(' ')}`);
  return () => {
    process.off('unhandledRejection', rejected);
    window.removeEventListener('error', thrown);
    Object.assign(console, { warn, error });
  };
}

/** Answers come at once here, so a page that stays the same for some turns has got all of them. */
const TURN_MS = 8;
const QUIET_TURNS = 4;
const MOST_TURNS = 1_000;

async function settled(root: HTMLElement): Promise<void> {
  let before = '';
  let quiet = 0;
  for (let turn = 0; quiet < QUIET_TURNS; turn += 1) {
    if (turn === MOST_TURNS) throw new Error(`The page still changes after ${turn} turns.`);
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    const now = root.innerHTML;
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}

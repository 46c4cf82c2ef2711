import { computed, reactive, ref, shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { LocationQuery, LocationQueryRaw } from 'vue-router';

interface Labelled {
  label(): string;
}

/** One of a few values, side by side; the first is that of a list that nothing narrows. */
export interface TabsFilter extends Labelled {
  kind: 'tabs';
  values: readonly string[];
  text(value: string): string;
}
/** On or off. */
export interface SwitchFilter extends Labelled {
  kind: 'switch';
}
/** Words to look for, as far as the endpoint takes them. */
export interface SearchFilter extends Labelled {
  kind: 'search';
  maxLength: number;
}

export type Filter = TabsFilter | SwitchFilter | SearchFilter;
export type Filters = Readonly<Record<string, Filter>>;
type ValueOf<F extends Filter> = F extends { values: readonly (infer V)[] }
  ? V
  : F extends SwitchFilter
    ? boolean
    : string;
type Values<F extends Filters> = { readonly [N in keyof F]: ValueOf<F[N]> };

/** What a list shows of all there is: kept in the page's address, so that it can be shared and the way back keeps it. */
export interface ListView<F extends Filters = Filters> {
  readonly filters: F;
  readonly values: Values<F>;
  /** How many pages, the first included. */
  readonly pages: number;
  /** Whether any filter is set. */
  readonly narrowed: boolean;
  set<N extends keyof F>(name: N, value: ValueOf<F[N]>): void;
  clear(): void;
  more(): void;
}

/** Name of the number of pages in the address, which no filter may have. */
const PAGE = 'page';
/** Of a list that an address alone may ask for: a link must not make its reader load without end. */
const MOST_PAGES = 20;

const unset = (filter: Filter) => (filter.kind === 'tabs' ? filter.values[0] : filter.kind === 'search' ? '' : false);

/** An address is anybody's: what is no value of the filter counts as not set. */
function parse(filter: Filter, text: LocationQuery[string] | undefined): string | boolean | undefined {
  if (typeof text !== 'string') return unset(filter);
  if (filter.kind === 'switch') return text === 'true';
  if (filter.kind === 'search') return text.slice(0, filter.maxLength).trim();
  return filter.values.find((value) => value === text) ?? unset(filter);
}

const parsePage = (text: LocationQuery[string] | undefined) =>
  typeof text === 'string' && /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 1;

export function useListView<const F extends Filters>(filters: F): ListView<F> {
  const route = useRoute();
  const router = useRouter();
  const { path } = route;
  // On the way to another page its address is not ours.
  const query = shallowRef(route.query);
  watch(
    () => route.query,
    (now) => {
      if (route.path === path) query.value = now;
    },
    { flush: 'sync' },
  );

  const values = computed(
    () =>
      Object.fromEntries(
        Object.entries(filters).map(([name, filter]) => [name, parse(filter, query.value[name])]),
      ) as Values<F>,
  );
  const reach = ref(MOST_PAGES);
  const pages = computed(() => Math.min(parsePage(query.value[PAGE]), reach.value));

  /** Other parts of the address stay; another filter starts on the first page. */
  function go(how: 'push' | 'replace', changed: LocationQueryRaw): void {
    void router[how]({ query: { ...query.value, [PAGE]: undefined, ...changed }, hash: route.hash });
  }

  return reactive({
    filters,
    values,
    pages,
    narrowed: computed(() => Object.entries(filters).some(([name, filter]) => values.value[name] !== unset(filter))),
    set(name: keyof F & string, value: string | boolean) {
      const filter = filters[name] as Filter;
      if (value === values.value[name]) return;
      // Words that grow are one search, not a step back for each pause in typing.
      const goesOn = filter.kind === 'search' && value !== '' && values.value[name] !== '';
      go(goesOn ? 'replace' : 'push', { [name]: value === unset(filter) ? undefined : String(value) });
    },
    clear: () => go('push', Object.fromEntries(Object.keys(filters).map((name) => [name, undefined]))),
    more() {
      const next = pages.value + 1;
      reach.value = Math.max(reach.value, next);
      go('replace', { [PAGE]: String(next) });
    },
  }) as unknown as ListView<F>;
}

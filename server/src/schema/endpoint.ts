import type { z } from 'zod';
import type { LiveKey, LivePattern } from './live.ts';

export const apiPrefix = '/api/v1';

type NamesIn<P extends string> = P extends `${string}:${infer Name}/${infer After}`
  ? Name | NamesIn<After>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

/** Live keys that can be named with the parameters of a path. */
type NameableWith<Names extends string> = {
  [P in LivePattern]: [NamesIn<P>] extends [Names] ? P : never;
}[LivePattern];

/** A GET of the API: what the server answers, the web asks and both check. */
export interface Endpoint {
  /** Below the prefix, with `:name` for each of `params`. */
  path: string;
  /** One line of the API's description. */
  summary: string;
  params: z.ZodObject | undefined;
  query: z.ZodObject | undefined;
  answer: z.ZodType;
  /** What makes an answer stale; names are filled in from its parameters. */
  liveKeys: readonly LivePattern[];
  /** Its answer follows the chain's time, not only its events: each block makes it stale. */
  followsClock: boolean;
  /** It gives the same answer with status 503 while the server is not ready. */
  answersUnready: boolean;
}

interface Definition<P extends string, Q extends z.ZodObject | undefined, A extends z.ZodType> {
  path: P;
  summary: string;
  query?: Q;
  answer: A;
  liveKeys: readonly NameableWith<NamesIn<P>>[];
  followsClock?: boolean;
  answersUnready?: boolean;
}

type Parameters<P extends string, S> = [NamesIn<P>] extends [never] ? { params?: undefined } : { params: S };

/** An endpoint with the types of its parameters, query and answer. */
interface TypedEndpoint<
  P extends string,
  S extends Endpoint['params'],
  Q extends Endpoint['query'],
  A extends z.ZodType,
> extends Endpoint {
  path: P;
  params: S;
  query: Q;
  answer: A;
}

/** Keeps the types of parameters, query and answer; a path with names asks for exactly their schemas. */
export function endpoint<
  const P extends string,
  A extends z.ZodType,
  Q extends z.ZodObject | undefined = undefined,
  S extends z.ZodObject<Record<NamesIn<P>, z.ZodType>> | undefined = undefined,
>(definition: Definition<P, Q, A> & Parameters<P, S>): TypedEndpoint<P, S, Q, A> {
  const { followsClock = false, answersUnready = false, params, query } = definition;
  return { ...definition, params: params as never, query: query as never, followsClock, answersUnready };
}

type SegmentValue = string | number | bigint;

/** What a call of an endpoint says beside its name: a value for each name of the path, and the filters. */
export type Asked<E extends Endpoint> = (E['params'] extends z.ZodObject
  ? { params: Readonly<Record<keyof z.input<E['params']>, SegmentValue>> }
  : { params?: undefined }) &
  (E['query'] extends z.ZodObject ? AskedQuery<z.input<E['query']>> : { query?: undefined });

type AskedQuery<Q> = Record<never, never> extends Q ? { query?: OrUndefined<Q> } : { query: OrUndefined<Q> };
type OrUndefined<Q> = { readonly [K in keyof Q]: Q[K] | undefined };

export type AnswerOf<E extends Endpoint> = z.output<E['answer']>;

type Loose = { params?: Readonly<Record<string, SegmentValue>>; query?: Readonly<Record<string, unknown>> };

const filled = (path: string, params: Loose['params'] = {}) =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));

/** Path and query of a call, from the root of the server. */
export function pathOf<E extends Endpoint>({ path }: E, asked: Asked<E>): string {
  const { params, query = {} } = asked as Loose;
  const set = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  return `${apiPrefix}${filled(path, params)}${search === '' ? '' : `?${search}`}`;
}

/** Whether what a live key names is part of this answer, or of the list that it is. Addresses count in any case. */
export function isStaleBy({ liveKeys }: Pick<Endpoint, 'liveKeys'>, params: Loose['params'], key: LiveKey): boolean {
  const named = key.toLowerCase();
  return liveKeys.some((pattern) => {
    const own = filled(pattern, params).toLowerCase();
    return named === own || named.startsWith(`${own}/`);
  });
}

import { clientError } from '../errors.ts';

/** Bytes of the largest answer as it comes: its document and the request's in base64, and what stands around them. */
const MAX_BYTES = 16 * 2 ** 20;
/** Of one event. */
const MAX_EVENTS = 16_384;

export interface TransportOptions {
  /** Milliseconds for all of an answer. */
  timeoutMs: number;
  /** Let hosts be asked without TLS: in tests and on one machine. */
  insecure: boolean;
  fetch: typeof fetch;
}

/** What a host answered that was no answer. */
export interface HostRefusal {
  status: number;
  code: string;
  message: string;
}

export class HostRefused extends Error {
  readonly refusal: HostRefusal;

  constructor(refusal: HostRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** The URL of a path at an endpoint, which a stranger wrote: https, no credentials, no query. */
export function hostUrl(endpoint: string, path: string, insecure: boolean): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const isHttp = url?.protocol === 'https:' || (insecure && url?.protocol === 'http:');
  if (!url || !isHttp || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw clientError('HOST_UNREACHABLE', 'The host’s endpoint is no address that is asked.', {
      expected: 'an https URL without credentials or a query',
      got: endpoint.slice(0, 256),
    });
  return `${url.href.replace(/\/+$/, '')}${path}`;
}

export interface HostCall {
  endpoint: string;
  path: string;
  body?: Uint8Array;
  voucher?: string | undefined;
  signal?: AbortSignal | undefined;
}

const documentType = 'application/vnd.ipld.dag-json';

/** Asks a host; its JSON, or the events of a stream. HostRefused for an error that it tells; HOST_UNREACHABLE for silence. */
export async function* callHost(
  { endpoint, path, body, voucher, signal }: HostCall,
  options: TransportOptions,
  isStream: boolean,
): AsyncGenerator<unknown> {
  const url = hostUrl(endpoint, path, options.insecure);
  const late = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await options.fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body && { 'content-type': documentType }),
        ...(isStream && { accept: 'text/event-stream' }),
        ...(voucher !== undefined && { 'covey-voucher': voucher }),
      },
      ...(body && { body: new Uint8Array(body) }),
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: signal ? AbortSignal.any([late, signal]) : late,
    });
    const isEvents = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (response.ok && isEvents) yield* eventsOf(response);
    else yield await jsonOf(response);
  } catch (cause) {
    if (signal?.aborted || cause instanceof HostRefused) throw cause;
    throw clientError('HOST_UNREACHABLE', 'The host does not answer, or broke off.', {
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  let text = '';
  for await (const piece of piecesOf(response)) text += piece;
  if (response.ok) return JSON.parse(text) as unknown;
  throw new HostRefused(refusalOf(response.status, text));
}

function refusalOf(status: number, text: string): HostRefusal {
  let error: { code?: unknown; message?: unknown } = {};
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {};
  } catch {
    // What stands before it answered, in its own words.
  }
  return {
    status,
    code: typeof error.code === 'string' ? error.code.slice(0, 64) : `HTTP_${status}`,
    message: typeof error.message === 'string' ? error.message.slice(0, 512) : `HTTP ${status}`,
  };
}

/** Server-sent events, one JSON value each, until `[DONE]`. An error event ends it. */
async function* eventsOf(response: Response): AsyncGenerator<unknown> {
  let pending = '';
  let events = 0;
  for await (const piece of piecesOf(response)) {
    pending += piece;
    for (let end = pending.indexOf('\n\n'); end !== -1; end = pending.indexOf('\n\n')) {
      const event = pending.slice(0, end);
      pending = pending.slice(end + 2);
      if (!event.startsWith('data: ')) continue;
      if (event === 'data: [DONE]') return;
      if (++events > MAX_EVENTS) throw new Error('too many events');
      const value = JSON.parse(event.slice('data: '.length)) as { error?: unknown };
      if (value.error !== undefined) throw new HostRefused(refusalOf(502, event.slice('data: '.length)));
      yield value;
    }
  }
  throw new Error('the stream broke off');
}

async function* piecesOf(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.length;
      if (bytes > MAX_BYTES) throw new Error('the answer is too large');
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

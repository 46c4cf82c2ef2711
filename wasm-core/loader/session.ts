import type { Held } from './arena.ts';
import { INFINITY_BITS, notFinite, requireInteger, requireObject } from './arguments.ts';
import { coreError, describe } from './errors.ts';
import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { requireParameters } from './network.ts';
import { slotCount } from './plan.ts';
import { planSession, type SessionPlan } from './session-plan.ts';
import type { Call } from './threads.ts';
import type { Layer, Session, SessionBytes, SessionParameters, SessionPart, SessionText } from './types.ts';
import { valueTypes } from './values.ts';

/** u32: cache | place of its first row | rows. */
const RUN_WORDS = 3;

/** What a thread computes in. */
interface Slot {
  tokens: Pointer;
  runs: Pointer;
  workspace: Pointer;
}

/** Where a session's parts stand, in bytes from its memory. */
function layoutOf({ run, weightCount, type }: SessionPlan, threads: number) {
  let end = 0;
  const place = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / 64) * 64;
    return at;
  };
  const program = place(run.program.byteLength);
  const weights = place(weightCount * 4);
  const index = place(run.samples * 4);
  const slots = Array.from({ length: slotCount(threads, threads, run.workspace) }, () => ({
    tokens: place(run.samples * valueTypes[type].bytes),
    runs: place(run.samples * RUN_WORDS * 4),
    workspace: place(run.workspace),
  }));
  return { program, weights, index, slots, bytes: end };
}

export function sessionBytes({ threads }: CoreInstance, layers: Layer[]): SessionBytes {
  const plan = planSession(layers);
  return { session: layoutOf(plan, threads.count).bytes, text: plan.textBytes };
}

export function session(core: CoreInstance, a: SessionParameters): Session {
  requireObject('session', a);
  const plan = planSession(a.layers);
  requireParameters(plan.network, a.parameters);
  return new KeptSession(core, plan, a.parameters);
}

class KeptSession implements Session {
  readonly #core: CoreInstance;
  readonly #plan: SessionPlan;
  readonly #held: Held;
  readonly #program: Pointer;
  readonly #weights: Pointer;
  readonly #index: Pointer;
  readonly #slots: Slot[];
  readonly #texts = new Set<KeptText>();
  #isOpen = true;

  constructor(core: CoreInstance, plan: SessionPlan, parameters: Float32Array) {
    const { arena, threads } = core;
    const { program, weights, index, slots, bytes } = layoutOf(plan, threads.count);
    this.#core = core;
    this.#plan = plan;
    this.#held = hold(core, bytes);
    const { at } = this.#held;
    this.#program = at + program;
    this.#weights = at + weights;
    this.#index = at + index;
    this.#slots = slots.map((slot) => ({
      tokens: at + slot.tokens,
      runs: at + slot.runs,
      workspace: at + slot.workspace,
    }));
    arena.u32(this.#program, plan.run.program.length).set(plan.run.program);
    arena.u32(this.#index, plan.run.samples).forEach((_, i, all) => (all[i] = i));
    try {
      this.#fill(parameters);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Matrices go in panels; the caller's memory may be shared, so that copies are looked at. */
  #fill(parameters: Float32Array): void {
    const { arena, exports } = this.#core;
    for (const { from, length, to, matrix } of this.#plan.weights) {
      arena.scope(() => {
        const at = arena.copyIn(parameters.subarray(from, from + length));
        if (exports.floorSimd(at, length) >>> 0 >= INFINITY_BITS)
          throw notFinite('parameters', arena.f32(at, length), from);
        let [target, source, rest] = [this.#weights + to * 4, at, length];
        if (matrix) {
          const { inputs, outputs } = matrix;
          exports.packColumnsSimd(at, inputs * 4, inputs, outputs, target);
          rest = length - inputs * outputs;
          source += inputs * outputs * 4;
          target += inputs * Math.ceil(outputs / 8) * 32;
        }
        arena.f32(target, rest).set(arena.f32(source, rest));
      });
    }
  }

  get capacity(): number {
    return this.#plan.capacity;
  }

  open(): SessionText {
    this.#requireOpen();
    const { arena } = this.#core;
    const held = hold(this.#core, this.#plan.textBytes);
    // What is behind the tokens and beside the panels is read, though nothing depends on it.
    arena.u8(held.at, this.#plan.textBytes).fill(0);
    const text = new KeptText(held, () => this.#texts.delete(text));
    this.#texts.add(text);
    return text;
  }

  extend(parts: readonly SessionPart[]): Float32Array[] {
    this.#requireOpen();
    const pieces = this.#check(parts);
    const results = parts.map(() => new Float32Array(this.#plan.network.classes));
    for (let wave = this.#wave(pieces); wave.length > 0; wave = this.#wave(pieces)) this.#run(wave, results);
    pieces.flat().forEach(({ text, tokens }) => (text.seen += tokens.length));
    return results;
  }

  /** What each thread has to do: texts are computed by one each, so many tokens by each as may be. */
  #check(parts: readonly SessionPart[]): Piece[][] {
    if (!Array.isArray(parts) || parts.length < 1)
      throw coreError('CORE_BAD_ARGUMENT', '`parts` is no list of texts', {
        expected: 'an array of at least one text and its next tokens',
        got: describe(parts),
      });
    const threads = this.#slots.map((): Piece[] => []);
    const loads = this.#slots.map(() => 0);
    const seen = new Set<unknown>();
    // Not forEach, which skips holes.
    for (let i = 0; i < parts.length; i++) {
      const piece = this.#piece(parts[i], i);
      if (seen.has(piece.text))
        throw coreError('CORE_BAD_ARGUMENT', `\`parts[${i}].text\` is there twice`, { expected: 'each text once' });
      seen.add(piece.text);
      const least = loads.indexOf(Math.min(...loads));
      threads[least]!.push(piece);
      loads[least]! += piece.tokens.length;
    }
    return threads;
  }

  #piece(part: unknown, i: number): Piece {
    const { text, tokens: given } = requireObject(`parts[${i}]`, part);
    if (!(text instanceof KeptText) || !this.#texts.has(text))
      throw coreError('CORE_BAD_ARGUMENT', `\`parts[${i}].text\` is no open text of this session`, {
        expected: 'what `open` gave, not closed',
        got: describe(text),
      });
    const { capacity, vocabulary } = this.#plan;
    const { length } = requireObject(`parts[${i}].tokens`, given) as { length?: unknown };
    const name = `parts[${i}].tokens`;
    const tokens = Array.from<unknown>({ length: requireInteger(`${name}.length`, length, 1, capacity - text.seen) });
    const values = tokens.map((_, at) => {
      const token = (given as ArrayLike<unknown>)[at];
      if (typeof token === 'number' && Number.isInteger(token) && token >= 0 && token < vocabulary) return token;
      throw coreError('CORE_BAD_LABEL', 'A token is not in the vocabulary', {
        expected: `0 to ${vocabulary - 1}`,
        got: `${describe(token)} at ${name}[${at}]`,
      });
    });
    return { part: i, text, tokens: values, done: 0 };
  }

  /** The next rows of each thread that has any left. */
  #wave(threads: readonly Piece[][]): Run[][] {
    return threads
      .map((pieces) => {
        let room = this.#plan.run.samples;
        const runs: Run[] = [];
        for (const piece of pieces) {
          const count = Math.min(room, piece.tokens.length - piece.done);
          if (count === 0) continue;
          runs.push({ piece, first: piece.done, count });
          piece.done += count;
          room -= count;
        }
        return runs;
      })
      .filter((runs) => runs.length > 0);
  }

  #run(wave: readonly Run[][], results: readonly Float32Array[]): void {
    const { arena, threads } = this.#core;
    const { network, run, type } = this.#plan;
    const { Array: Tokens, bytes } = valueTypes[type];
    const calls = wave.map((runs, slot): Call => {
      const { tokens, runs: at, workspace } = this.#slots[slot]!;
      const row = Tokens.from(runs.flatMap(({ piece, first, count }) => piece.tokens.slice(first, first + count)));
      arena.u8(tokens, row.length * bytes).set(new Uint8Array(row.buffer));
      arena
        .u32(at, runs.length * RUN_WORDS)
        .set(runs.flatMap(({ piece: { text }, first, count }) => [text.at, text.seen + first, count]));
      return ['extend', this.#program, this.#weights, tokens, this.#index, row.length, at, runs.length, workspace];
    });
    const overflows = threads.run(calls);
    if (overflows.some((overflow) => overflow !== 0))
      throw coreError('CORE_OVERFLOW', 'The outputs are too large for f32', {
        hint: 'The parameters are finite but of absurd size; refuse the model.',
      });
    for (const [slot, runs] of wave.entries()) {
      const { classes } = network;
      let at = this.#slots[slot]!.workspace + run.program[OUTPUT]!;
      for (const { piece, first, count } of runs) {
        at += count * classes * 4;
        if (first + count === piece.tokens.length) results[piece.part]!.set(arena.f32(at - classes * 4, classes));
      }
    }
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw coreError('CORE_BAD_ARGUMENT', 'The session is closed', { expected: 'an open one' });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const text of [...this.#texts]) text.close();
    this.#held.release();
  }
}

/** Word of a program's header: where outputs stand in the workspace. */
const OUTPUT = 2;

class KeptText implements SessionText {
  readonly #held: Held;
  readonly #onClose: () => void;
  #isOpen = true;
  seen = 0;

  constructor(held: Held, onClose: () => void) {
    this.#held = held;
    this.#onClose = onClose;
  }

  get at(): Pointer {
    return this.#held.at;
  }

  keep(tokens: number): void {
    this.seen = requireInteger('tokens', tokens, 0, this.seen);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClose();
    this.#held.release();
  }
}

interface Piece {
  part: number;
  text: KeptText;
  tokens: number[];
  /** Tokens that were given to the core. */
  done: number;
}

interface Run {
  piece: Piece;
  first: number;
  count: number;
}

function hold({ arena }: CoreInstance, bytes: number): Held {
  const held = arena.keep(bytes);
  if (held) return held;
  throw coreError('CORE_OUT_OF_MEMORY', 'The session does not fit the memory of this host', {
    got: `a need of ${Math.round(bytes / 2 ** 20)} MiB more`,
    hint: 'Close texts or sessions, or ask for the outputs of whole texts.',
  });
}

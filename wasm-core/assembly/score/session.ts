import { addSimd } from '../vector/elementwise-f32-simd';
import { notFiniteSimd } from '../vector/finite-f32-simd';
import { floorSimd } from '../vector/floor-f32-simd';
import { headProbabilities, probabilityStride, QUERY_BLOCK, weighValues } from './attention';
import { addBiasSimd } from './bias-f32-simd';
import { matmulRowsSimd } from './matmul-rows-f32-simd';
import { runOperation } from './network';
import {
  ATTENTION,
  CLASSES,
  DENSE,
  dimension,
  flagsOf,
  HAS_BIAS,
  opOf,
  operationAt,
  OPERATIONS,
  OUTPUT,
  POSITIONS,
  ROTARY,
  SCRATCH,
  word,
} from './program';
import { turnRows, writeAngles } from './rotary';

// Texts that go on: of the tokens before the new ones, keys and values are kept, and nothing else is needed. A row's sums are
// those of `predict`, in the same order, so its outputs have the same bits, whatever came together with it.
//
// The program is that of a network whose samples are single tokens (`loader/session-plan.ts` writes it); parameters are in its
// own order, matrices of dense operations in panels for matmulSimd. A row of input is a token of some text; rows of one text
// stand together and follow each other:
//
//   runs:  u32[runs][3], cache | place of its first row in the text | rows
//   cache: of each attention and head of keys, at dimension 6 bytes:
//          keys in panels f32[⌈capacity/8⌉][h][8] | values in panels f32[⌈h/8⌉][capacity][8]
//
// dimensions of attention: 1, heads, heads of keys, h, -, capacity (tokens), its place in the cache.

const RUN_BYTES: usize = 12;

/** Computes `rows` new tokens and keeps their keys and values; 1 where an output, f32[rows][classes], is not finite. */
export function extend(
  program: usize,
  parameters: usize,
  tokens: usize,
  index: usize,
  rows: u32,
  runs: usize,
  runCount: u32,
  workspace: usize,
): u32 {
  const scratch = workspace + word(program, SCRATCH);
  const end = runs + <usize>runCount * RUN_BYTES;
  for (let l: u32 = 0; l < word(program, OPERATIONS); ++l) {
    const record = operationAt(program, l);
    const op = opOf(record);
    let from = workspace + word(record, 1);
    let out = workspace + word(record, 2);
    const own = parameters + ((<usize>word(record, 3)) << 2);
    if (op == DENSE) {
      denseRows(record, from, out, rows, own);
    } else if (op == POSITIONS || op == ROTARY || op == ATTENTION) {
      const fromBytes = (<usize>word(record, 4)) << 2;
      const outBytes = (<usize>word(record, 5)) << 2;
      for (let run = runs; run < end; run += RUN_BYTES) {
        const first = load<u32>(run, 4);
        const count = load<u32>(run, 8);
        if (op == POSITIONS) {
          addSimd(from, own + <usize>first * fromBytes, out, count * word(record, 4));
        } else if (op == ROTARY) {
          writeAngles(record, first, count, scratch);
          turnRows(record, from, out, count, 1, scratch);
        } else {
          attendKept(record, from, out, load<u32>(run), first, count, scratch);
        }
        from += fromBytes * count;
        out += outBytes * count;
      }
    } else {
      runOperation(record, parameters, tokens, index, rows, workspace, scratch);
    }
  }
  return notFiniteSimd(workspace + word(program, OUTPUT), rows * word(program, CLASSES));
}

/** `dense` whose weights are in panels. */
function denseRows(record: usize, from: usize, out: usize, rows: u32, packed: usize): void {
  const inputs = dimension(record, 1);
  const outputs = dimension(record, 2);
  const inBytes = (<usize>inputs) << 2;
  matmulRowsSimd(from, inBytes, packed, out, (<usize>outputs) << 2, rows, inputs, outputs);
  const bias = packed + <usize>((outputs + 7) & ~7) * inBytes;
  if (flagsOf(record) & HAS_BIAS) addBiasSimd(out, bias, rows, outputs);
  else floorSimd(out, rows * outputs);
}

/** `attend` of a run's queries, over what is kept and the run itself. */
function attendKept(
  record: usize,
  from: usize,
  out: usize,
  cache: usize,
  first: u32,
  count: u32,
  scratch: usize,
): void {
  const heads = dimension(record, 1);
  const kvHeads = dimension(record, 2);
  const size = dimension(record, 3);
  const capacity = dimension(record, 5);
  const sharing = heads / kvHeads;
  const headBytes = (<usize>size) << 2;
  const outBytes = headBytes * heads;
  const rowBytes = outBytes + 2 * headBytes * kvHeads;
  const keysBytes = <usize>((capacity + 7) & ~7) * headBytes;
  const panelBytes = (<usize>capacity) << 5;
  const valuePanels = (<usize>size + 7) >> 3;
  const end = first + count;
  let keys = cache + dimension(record, 6);
  for (let g: u32 = 0; g < kvHeads; ++g) {
    const values = keys + keysBytes;
    const k = from + outBytes + headBytes * g;
    keepRows(k, k + headBytes * kvHeads, rowBytes, keys, values, first, count, size, panelBytes);
    let finite = true;
    if (count > 1) {
      for (let p: usize = 0; p < valuePanels; ++p) {
        if (notFiniteSimd(values + p * panelBytes, end << 3)) finite = false;
      }
    }
    for (let h = g * sharing; h < (g + 1) * sharing; ++h) {
      const head = headBytes * h;
      for (let t = first; t < end; t += QUERY_BLOCK) {
        const last = min<u32>(end, t + QUERY_BLOCK);
        const stride = (<usize>probabilityStride(last)) << 2;
        const q = from + head + <usize>(t - first) * rowBytes;
        const to = out + head + <usize>(t - first) * outBytes;
        headProbabilities(q, rowBytes, t, last, size, keys, scratch, stride);
        weighValues(scratch, stride, values, panelBytes, to, outBytes, t, last, size, finite);
      }
    }
    keys = values + valuePanels * panelBytes;
  }
  floorSimd(out, count * heads * size);
}

/** Puts the run's keys and values of a head where those of its tokens belong. */
function keepRows(
  k: usize,
  v: usize,
  rowBytes: usize,
  keys: usize,
  values: usize,
  first: u32,
  count: u32,
  size: u32,
  panelBytes: usize,
): void {
  for (let t = first; t < first + count; ++t) {
    let to = keys + ((<usize>(t >> 3) * size) << 5) + ((<usize>(t & 7)) << 2);
    for (let j: u32 = 0; j < size; ++j) {
      store<f32>(to, load<f32>(k + ((<usize>j) << 2)));
      to += 32;
    }
    to = values + ((<usize>t) << 5);
    for (let j: u32 = 0; j < size; j += 8) {
      memory.copy(to, v + ((<usize>j) << 2), (<usize>min<u32>(8, size - j)) << 2);
      to += panelBytes;
    }
    k += rowBytes;
    v += rowBytes;
  }
}

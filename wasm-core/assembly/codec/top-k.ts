// The k values of largest magnitude: Aji and Heafield, "Sparse Communication for Distributed Gradient Descent", EMNLP
// 2017. Of equal magnitudes the lower index goes first. What is left out is the caller's residual, to be added to its
// next update (error feedback: Stich, Cordonnier, Jaggi, "Sparsified SGD with Memory", NeurIPS 2018).
//
// Magnitude bits of f32 order as integers, so the k-th largest is found digit by digit (11 + 11 + 9 bits) without
// sorting. workspace: u32[2048] counts.

const MAGNITUDE: u32 = 0x7fffffff;

/** indices: u32[k], ascending; values: f32[k]. Needs k ≤ n. */
export function topK(source: usize, n: u32, k: u32, indices: usize, values: usize, workspace: usize): void {
  // Bits of the k-th largest magnitude found so far, and how many of those with these bits are to be taken.
  let prefix: u32 = 0;
  let wanted = k;
  let known: u32 = 0;
  for (let digit: u32 = 0; digit < 3; ++digit) {
    const bits: u32 = digit == 2 ? 9 : 11;
    const shift = 31 - known - bits;
    memory.fill(workspace, 0, 8192);
    for (let i: u32 = 0; i < n; ++i) {
      const magnitude = load<u32>(source + ((<usize>i) << 2)) & MAGNITUDE;
      if (known && magnitude >> (31 - known) != prefix) continue;
      const at = workspace + ((<usize>((magnitude >> shift) & ((1 << bits) - 1))) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
    let value: u32 = (1 << bits) - 1;
    while (value > 0 && load<u32>(workspace + ((<usize>value) << 2)) < wanted) {
      wanted -= load<u32>(workspace + ((<usize>value) << 2));
      --value;
    }
    prefix = (prefix << bits) | value;
    known += bits;
  }
  let taken: usize = 0;
  for (let i: u32 = 0; i < n && taken < k; ++i) {
    const bits = load<u32>(source + ((<usize>i) << 2));
    const magnitude = bits & MAGNITUDE;
    if (magnitude < prefix) continue;
    if (magnitude == prefix) {
      if (wanted == 0) continue;
      --wanted;
    }
    store<u32>(indices + (taken << 2), i);
    store<u32>(values + (taken << 2), bits);
    ++taken;
  }
}

/** out f32[n] = 0, then value at its index, for k of them; −0 becomes +0. */
export function scatter(indices: usize, values: usize, k: u32, out: usize, n: u32): void {
  memory.fill(out, 0, (<usize>n) << 2);
  for (let i: u32 = 0; i < k; ++i) {
    const at = (<usize>i) << 2;
    store<f32>(out + ((<usize>load<u32>(indices + at)) << 2), load<f32>(values + at) + <f32>0);
  }
}

/** What top-k left out: zero at the k indices, in place. */
export function clearAt(indices: usize, k: u32, values: usize): void {
  for (let i: u32 = 0; i < k; ++i) {
    store<f32>(values + ((<usize>load<u32>(indices + ((<usize>i) << 2))) << 2), 0);
  }
}

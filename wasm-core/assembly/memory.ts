// The host owns allocation: a bump arena over [heapBase, memory end). Kernels get raw pointers and a workspace, keep no
// mutable statics (several instances may share one memory) and never allocate. Sizes that the host asks for are f64, so that
// a hostile shape cannot wrap around 2^32.

/** First byte after static data: the host's arena starts here. */
export function heapBase(): usize {
  return __heap_base;
}

/** The i-th pointer of a u32 table of row pointers. */
export function rowAt(rows: usize, i: u32): usize {
  return <usize>load<u32>(rows + ((<usize>i) << 2));
}

/* Median and trimmed mean in plain C: Batcher's merge exchange (Knuth 5.2.2, Algorithm M), pruned to the wires that are
 * read, over a tile of 64 columns; the compiler vectorises min, max and the f32 sums. */
#include "bench.h"
#include <string.h>

enum { TILE = 64, MOST = 20000 };

static float **rows, *out, *tile;
static int n, d, low, high, comparators;
static int left[MOST], right[MOST];

static void build(void) {
  static char needed[4096], keep[MOST];
  int count = 0, top = 1, kept = 0;
  while (top < n - top) top <<= 1;
  for (int p = top; p > 0; p >>= 1) {
    int q = top, r = 0, distance = p;
    for (;;) {
      for (int i = 0; i + distance < n; i++)
        if ((i & p) == r) left[count] = i, right[count++] = i + distance;
      if (q == p) break;
      distance = q - p, q >>= 1, r = p;
    }
  }
  for (int i = 0; i < n; i++) needed[i] = i >= low && i < high;
  for (int k = count; k-- > 0;)
    if ((keep[k] = needed[left[k]] || needed[right[k]])) needed[left[k]] = needed[right[k]] = 1;
  for (int k = 0; k < count; k++)
    if (keep[k]) left[kept] = left[k], right[kept++] = right[k];
  comparators = kept;
}

static void prepare(int rows_count, int columns, void **result, size_t *bytes) {
  n = rows_count, d = columns;
  rows = filled_rows(n, d);
  out = allocate(d * sizeof(float));
  tile = allocate((size_t)n * TILE * sizeof(float));
  build();
  *result = out, *bytes = d * sizeof(float);
}

static void setup_median(int rows_count, int columns, void **result, size_t *bytes) {
  low = (rows_count - 1) / 2, high = rows_count / 2 + 1;
  prepare(rows_count, columns, result, bytes);
}

static void setup_trimmed_mean(int rows_count, int columns, void **result, size_t *bytes) {
  low = rows_count / 4, high = rows_count - rows_count / 4;
  prepare(rows_count, columns, result, bytes);
}

static void run(void) {
  for (int start = 0; start < d; start += TILE) {
    int columns = d - start < TILE ? d - start : TILE;
    for (int i = 0; i < n; i++) memcpy(tile + i * TILE, rows[i] + start, columns * sizeof(float));
    for (int k = 0; k < comparators; k++) {
      float *restrict a = tile + left[k] * TILE, *restrict b = tile + right[k] * TILE;
      for (int c = 0; c < TILE; c++) {
        float x = a[c], y = b[c];
        a[c] = y < x ? y : x;
        b[c] = x < y ? y : x;
      }
    }
    const float *least = tile + low * TILE, *most = tile + (high - 1) * TILE;
    float mean[TILE] = {0};
    int count = high - low;
    float up = 2048.0f / count;
    if (count < 3)
      for (int c = 0; c < TILE; c++) mean[c] = count == 1 ? least[c] : least[c] * 0.5f + most[c] * 0.5f;
    else {
      for (int i = low; i < high; i++)
        for (int c = 0; c < TILE; c++) mean[c] += tile[i * TILE + c] * 0.00048828125f;
      for (int c = 0; c < TILE; c++) mean[c] *= up;
    }
    for (int c = 0; c < columns; c++) {
      float x = mean[c] < least[c] ? least[c] : mean[c];
      out[start + c] = (most[c] < x ? most[c] : x) + 0.0f;
    }
  }
}

const kernel median_kernel = {"median", setup_median, run};
const kernel trimmed_mean_kernel = {"trimmed-mean", setup_trimmed_mean, run};

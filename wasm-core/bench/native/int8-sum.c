/* Weighted sum of int8 rows in plain C: weights int16, products and sums exact in int32. */
#include "bench.h"

enum { TILE = 4096 };

static int8_t **rows;
static int32_t *out;
static int n, d;

static void setup(int rows_count, int columns, void **result, size_t *bytes) {
  n = rows_count, d = columns;
  rows = allocate(n * sizeof(int8_t *));
  for (int i = 0; i < n; i++) rows[i] = filled_i8(d, i);
  out = allocate(d * sizeof(int32_t));
  *result = out, *bytes = d * sizeof(int32_t);
}

static void run(void) {
  for (int start = 0; start < d; start += TILE) {
    int columns = d - start < TILE ? d - start : TILE;
    int32_t *restrict to = out + start;
    for (int c = 0; c < columns; c++) to[c] = 0;
    for (int i = 0; i < n; i++) {
      const int8_t *restrict x = rows[i] + start;
      int16_t w = (int16_t)(i + 1);
      for (int c = 0; c < columns; c++) to[c] += w * x[c];
    }
  }
}

const kernel int8_sum_kernel = {"int8-sum", setup, run};

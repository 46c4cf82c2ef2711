/* The core's weighted mean in plain C: f32 sums over the rows in order, clamped, in tiles that stay in L1. */
#include "bench.h"

#include <float.h>

enum { TILE = 4096 };

static float **rows, *out;
static int n, d;
static double *shares;

static void setup(int rows_count, int columns, void **result, size_t *bytes) {
  n = rows_count, d = columns;
  rows = filled_rows(n, d);
  out = allocate(d * sizeof(float));
  shares = allocate(n * sizeof(double));
  for (int i = 0; i < n; i++) shares[i] = 1.0 / n;
  *result = out, *bytes = d * sizeof(float);
}

static void run(void) {
  for (int start = 0; start < d; start += TILE) {
    int columns = d - start < TILE ? d - start : TILE;
    float *restrict sums = out + start;
    for (int c = 0; c < columns; c++) sums[c] = 0;
    for (int i = 0; i < n; i++) {
      const float *restrict x = rows[i] + start;
      float p = (float)shares[i];
      for (int c = 0; c < columns; c++) sums[c] += p * x[c];
    }
    for (int c = 0; c < columns; c++) {
      float x = sums[c] < -FLT_MAX ? -FLT_MAX : sums[c];
      sums[c] = (FLT_MAX < x ? FLT_MAX : x) + 0.0f;
    }
  }
}

const kernel weighted_mean_kernel = {"weighted-mean", setup, run};

/* All inner products of n rows in plain C: blocks of 1024 columns that stay in L1 and L2, f32 inside, f64 across. */
#include "bench.h"

enum { BLOCK = 1024, LANES = 16 };

static float **rows;
static double *gram;
static int n, d;

static void setup(int rows_count, int columns, void **result, size_t *bytes) {
  (void)result, (void)bytes;
  n = rows_count, d = columns;
  rows = filled_rows(n, d);
  gram = allocate((size_t)n * n * sizeof(double));
}

static void run(void) {
  for (int k = 0; k < n * n; k++) gram[k] = 0;
  for (int start = 0; start < d; start += BLOCK) {
    int columns = d - start < BLOCK ? d - start : BLOCK;
    for (int i = 0; i < n; i++)
      for (int j = i; j < n; j++) {
        const float *x = rows[i] + start, *y = rows[j] + start;
        float lanes[LANES] = {0}, sum = 0;
        int c = 0;
        for (; c + LANES <= columns; c += LANES)
          for (int l = 0; l < LANES; l++) lanes[l] += x[c + l] * y[c + l];
        for (int l = 0; l < LANES; l++) sum += lanes[l];
        for (; c < columns; c++) sum += x[c] * y[c];
        gram[i * n + j] += sum;
      }
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++) gram[i * n + j] = gram[j * n + i];
}

const kernel gram_kernel = {"gram", setup, run};

/* C = A*B, n x d times d x n, in plain C: B packed in panels of eight columns, a tile of 4 x 8 sums, k ascending. */
#include "bench.h"
#include <string.h>

typedef float vector __attribute__((vector_size(16)));

static float *a, *b, *c, *panels;
static int n, d;

static void setup(int columns, int inner, void **result, size_t *bytes) {
  n = columns, d = inner;
  a = filled_f32((size_t)n * d, 1);
  b = filled_f32((size_t)d * n, 2);
  c = allocate((size_t)n * n * sizeof(float));
  panels = allocate((size_t)n * d * sizeof(float));
  *result = c, *bytes = (size_t)n * n * sizeof(float);
}

static void run(void) {
  for (int p = 0; p < n; p += 8) {
    float *to = panels + (size_t)p * d;
    for (int k = 0; k < d; k++)
      for (int j = 0; j < 8; j++) to[k * 8 + j] = b[(size_t)k * n + p + j];
  }
  for (int p = 0; p < n; p += 8) {
    const float *panel = panels + (size_t)p * d;
    for (int i = 0; i < n; i += 4) {
      const float *x0 = a + (size_t)i * d, *x1 = x0 + d, *x2 = x1 + d, *x3 = x2 + d;
      vector s[4][2] = {{{0}}};
      for (int k = 0; k < d; k++) {
        vector y[2];
        memcpy(y, panel + k * 8, sizeof y);
        s[0][0] += x0[k] * y[0], s[0][1] += x0[k] * y[1];
        s[1][0] += x1[k] * y[0], s[1][1] += x1[k] * y[1];
        s[2][0] += x2[k] * y[0], s[2][1] += x2[k] * y[1];
        s[3][0] += x3[k] * y[0], s[3][1] += x3[k] * y[1];
      }
      for (int r = 0; r < 4; r++) memcpy(c + (size_t)(i + r) * n + p, s[r], sizeof s[r]);
    }
  }
}

const kernel matmul_kernel = {"matmul", setup, run};

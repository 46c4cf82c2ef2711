/* What memory gives one thread: adds up n*d floats in eight vectors of the widest kind that the compiler was allowed. */
#include "bench.h"

#ifdef __AVX512F__
#define WIDTH 64
#elif defined(__AVX__)
#define WIDTH 32
#else
#define WIDTH 16
#endif
typedef float vector __attribute__((vector_size(WIDTH)));
enum { SUMS = 8 };

static const vector *values;
static size_t vectors;
static volatile float sink;

static void setup(int n, int d, void **out, size_t *bytes) {
  (void)out, (void)bytes;
  vectors = (size_t)n * d * sizeof(float) / WIDTH;
  values = (const vector *)filled_f32((size_t)n * d, 1);
}

static void run(void) {
  vector sums[SUMS] = {{0}};
  for (size_t i = 0; i + SUMS <= vectors; i += SUMS)
    for (int j = 0; j < SUMS; j++) sums[j] += values[i + j];
  for (int j = 1; j < SUMS; j++) sums[0] += sums[j];
  sink = sums[0][0];
}

const kernel read_kernel = {"read", setup, run};

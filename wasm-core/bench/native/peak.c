/* The most 128-bit multiplications and additions that one thread can do, without fused ones: fourteen independent chains
 * x = x*a + b hide the latency of both. n*d operations in all (a vector's multiply and add are eight). */
#include "bench.h"

typedef float vector __attribute__((vector_size(16)));
enum { CHAINS = 14 };

static size_t steps;
static volatile float sink;

static void setup(int n, int d, void **out, size_t *bytes) {
  (void)out, (void)bytes;
  steps = (size_t)n * d / (CHAINS * 8);
}

#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13)
#define START(j) vector x##j = a + (float)j;
#define STEP(j) x##j = x##j * a + b;
#define JOIN(j) a += x##j;

static void run(void) {
  vector a = {0.999f, 0.998f, 0.997f, 0.996f}, b = {0.001f, 0.002f, 0.003f, 0.004f};
  EACH(START)
  for (size_t i = 0; i < steps; i++) {
    EACH(STEP)
  }
  EACH(JOIN)
  sink = a[0];
}

const kernel peak_kernel = {"peak", setup, run};

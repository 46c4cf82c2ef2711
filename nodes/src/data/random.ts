/**
 * Seeded random numbers for preparing data: the same seed gives the same split. Not for keys or salts.
 * Generator: xoshiro128** 1.1 (Blackman and Vigna), seeded through splitmix32.
 */
export interface Random {
  /** Uniform in [0, 1) with 32 bits. */
  uniform(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  normal(): number;
  /** Gamma(shape, 1). */
  gamma(shape: number): number;
  /** A point of the simplex from the symmetric Dirichlet(alpha). */
  dirichlet(alpha: number, size: number): number[];
  /** Shuffles in place (Fisher–Yates). */
  shuffle<T extends { length: number; [index: number]: number }>(values: T): T;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const splitmix = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];
  const rotate = (x: number, k: number) => (x << k) | (x >>> (32 - k));

  const next = () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
  const uniform = () => next() / 2 ** 32;
  const normal = () => {
    // Box–Muller; 1 − u keeps the logarithm's argument above zero.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
  const gamma = (shape: number): number => {
    // Marsaglia and Tsang 2000; shapes below one through Gamma(shape + 1) · U^(1/shape).
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d3 = shape - 1 / 3;
    const scale = 1 / Math.sqrt(9 * d3);
    for (;;) {
      const x = normal();
      const v = (1 + scale * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d3 - d3 * v + d3 * Math.log(v)) return d3 * v;
    }
  };
  return {
    uniform,
    integer: (bound) => Math.floor(uniform() * bound),
    normal,
    gamma,
    dirichlet(alpha, size) {
      for (;;) {
        const draws = Array.from({ length: size }, () => gamma(alpha));
        const sum = draws.reduce((total, draw) => total + draw, 0);
        // A very small alpha can underflow every draw to zero.
        if (sum > 0) return draws.map((draw) => draw / sum);
      }
    },
    shuffle(values) {
      for (let i = values.length - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1));
        const kept = values[i]!;
        values[i] = values[j]!;
        values[j] = kept;
      }
      return values;
    },
  };
}

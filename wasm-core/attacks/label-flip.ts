/**
 * Label flipping, an attack on data: the hostile node trains honestly on labels y → classes − 1 − y. Tolpegin, Truex,
 * Gursoy, Liu, "Data Poisoning Attacks Against Federated Learning Systems", ESORICS 2020.
 */
export function flippedLabels<L extends Uint8Array | Uint16Array | Uint32Array>(labels: L, classes: number): L {
  return labels.map((label) => classes - 1 - label) as L;
}

/**
 * Label flipping, an attack on data: the hostile node trains honestly on labels y → classes − 1 − y. Tolpegin, Truex,
 * Gursoy, Liu, "Data Poisoning Attacks Against Federated Learning Systems", ESORICS 2020.
 */
export function flippedLabels(labels: Uint8Array, classes: number): Uint8Array {
  return labels.map((label) => classes - 1 - label);
}

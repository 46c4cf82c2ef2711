/** How arrays of samples and targets hold their numbers; `code` as the assembly numbers them. */
export const valueTypes = {
  u8: { code: 0, bytes: 1, Array: Uint8Array },
  u16: { code: 1, bytes: 2, Array: Uint16Array },
  u32: { code: 2, bytes: 4, Array: Uint32Array },
  i32: { code: 3, bytes: 4, Array: Int32Array },
  f32: { code: 4, bytes: 4, Array: Float32Array },
} as const;

export type ValueType = keyof typeof valueTypes;
export type Values = InstanceType<(typeof valueTypes)[ValueType]['Array']>;

/** What features may be, and how each becomes f32 in the core: u8 · f32(1/255), f32 as it is, i32 to the nearest f32. */
export const featureTypes = ['u8', 'f32', 'i32'] as const satisfies readonly ValueType[];
export type FeatureType = (typeof featureTypes)[number];

/** What samples may be: features of one of these types, or tokens. */
export const inputKinds = [...featureTypes, 'tokens'] as const;
export type InputKind = (typeof inputKinds)[number];

/** What real targets may be, read as features are. */
export const targetTypes = ['u8', 'f32'] as const satisfies readonly ValueType[];
export type TargetType = (typeof targetTypes)[number];

/** The type of tokens of a vocabulary and of labels of so many classes: the narrowest, so that each has one spelling. */
export function integerType(count: number): 'u8' | 'u16' | 'u32' {
  if (count <= 2 ** 8) return 'u8';
  return count <= 2 ** 16 ? 'u16' : 'u32';
}

// instanceof fails for arrays of another realm (vm contexts, iframes), so types are told by their tag.
const byTag = new Map<string, ValueType>([
  ...Object.entries(valueTypes).map(([type, known]) => [`[object ${known.Array.name}]`, type as ValueType] as const),
  ['[object Uint8ClampedArray]', 'u8'],
]);

/** Of an array that may be anything. */
export function valueTypeOf(values: unknown): ValueType | undefined {
  return byTag.get(Object.prototype.toString.call(values));
}

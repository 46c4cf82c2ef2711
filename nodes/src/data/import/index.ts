/**
 * Tables, arrays, images and text as samples: pure functions of bytes, the same in Node and in a browser, so that whoever has the
 * same data and the same description has the same dataset to the bit.
 */
export { arrayRoles, importArrays } from './arrays.ts';
export type { ArrayOptions, ArrayRole, Arrays } from './arrays.ts';
export { sourceOf } from './byte-source.ts';
export type { ByteSource } from './byte-source.ts';
export { columnTypes, scalings } from './column-fit.ts';
export type { ColumnType } from './column-fit.ts';
export { badTable, delimiters } from './csv-reader.ts';
export type { Delimiter } from './csv-reader.ts';
export { MAX_ARRAY_BYTES, statisticsOf } from './elements.ts';
export type { ElementArray } from './elements.ts';
export { parseForeignSafetensors } from './foreign-safetensors.ts';
export { dataFormats, formatOf } from './format.ts';
export type { DataFormat } from './format.ts';
export { parseIdx } from './idx.ts';
export { decodeImage, importImages } from './images.ts';
export type { ImageFile, ImageOptions } from './images.ts';
export { inflate } from './inflate.ts';
export { parseNpy, readNpz } from './npy.ts';
export { resized } from './pixels.ts';
export { inspectTable } from './inspect-table.ts';
export type { InspectedColumn } from './inspect-table.ts';
export type { ReadTableOptions } from './read-table.ts';
export { defaultMissing, fitTable, mapTable } from './table.ts';
export type { TableOptions } from './table.ts';
export { importText, importTokens, textOf } from './text.ts';

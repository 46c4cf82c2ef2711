import { decodeDataset, sampleCount, type DataDescription, type Dataset } from '@covey/protocol';
import { valueTypeOf, type Inputs, type Labels } from '@covey/wasm-core';
import { labelCounts, selectRows } from '../../../data/dataset.ts';
import {
  decodeImage,
  inspectTable,
  statisticsOf,
  MAX_ARRAY_BYTES,
  type ElementArray,
} from '../../../data/import/index.ts';
import { descriptionOf } from '../../dataset-file.ts';
import { defineCommand, positional } from '../../define-command.ts';
import { drawImage } from '../../draw-image.ts';
import { imagesOf, openData, readArrays, type OpenedData } from '../../import-file.ts';
import { importOptions, readTableOptions, tableOptions, type ImportOptions } from '../../import-options.ts';
import type { Output } from '../../output.ts';
import { className, formTold } from './import.ts';
import { phrase, say, sentence } from '../../words/say.ts';

const { format, type, missing, delimiter, header } = importOptions;

export const dataInspect = defineCommand({
  name: 'data inspect',
  summary: 'Show what a file holds: columns or arrays, types, ranges, classes, missing values, first samples',
  examples: ['data inspect patients.csv', 'data inspect patients.safetensors', 'data inspect arrays.npz --json'],
  options: {
    file: positional('<file>', 'a dataset, or what `data import` takes'),
    format,
    type,
    missing,
    delimiter,
    header,
  },
  async run(options, out) {
    const { file } = options;
    const opened = await openData(file, options.format);
    const data = opened.format === 'safetensors' ? ownDataset(await opened.bytes()) : undefined;
    if (data) await showDataset(file, data, out);
    else if (opened.format === 'image') await showImages(file, out);
    else if (opened.format === 'text') await showText(file, opened, out);
    else if (opened.format === 'csv') await showTable(file, opened, { ...none, ...options }, out);
    else await showArrays(file, opened, out);
  },
});

const none = Object.fromEntries(Object.keys(importOptions).map((name) => [name, undefined])) as never as ImportOptions;

/** Our own file; undefined where it is another's, which is shown by its tensors. */
function ownDataset(bytes: Uint8Array): Dataset | undefined {
  try {
    return decodeDataset(bytes, { maxBytes: MAX_ARRAY_BYTES });
  } catch {
    return undefined;
  }
}

async function showDataset(file: string, data: Dataset, out: Output): Promise<void> {
  const description = (await descriptionOf(file))?.description;
  const samples = sampleCount(data);
  const counts = data.labels && labelCounts(data.labels);
  const parts = Object.entries({ inputs: data.inputs, labels: data.labels, targets: data.targets }).flatMap(
    ([name, values]) =>
      values
        ? [{ name, type: valueTypeOf(values)!, shape: [samples, values.length / samples], ...rangeOf(values) }]
        : [],
  );
  out.result('covey.data-inspect/1', { file, kind: 'dataset', samples, arrays: parts, counts, description }, [
    description ? say`${file}: ${samples} samples of ${formTold(description)}` : say`${file}: ${samples} samples`,
    ...parts.map(
      ({ name, type: kind, shape, least, greatest }) =>
        say`${name}: ${kind} [${shape.join(', ')}], ${least} to ${greatest}`,
    ),
    ...(counts?.slice(0, 20).map((count, label) => `  ${className(description, label)}: ${count}`) ?? []),
    ...Array.from({ length: Math.min(3, samples) }, (_, i) => sampleLines(data, i, description)).flat(),
  ]);
}

function rangeOf(values: Inputs | Labels): { least: number; greatest: number } {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}

function sampleLines(data: Dataset, index: number, description: DataDescription | undefined): string[] {
  const { inputs, labels, targets } = selectRows(data, [index]);
  const result = labels
    ? className(description, labels[0]!)
    : targets
      ? Array.from(targets.subarray(0, 8), String).join(' ')
      : say`tokens`;
  const image = drawImage(inputs, description);
  const values = Array.from(inputs.subarray(0, 12), (value) => String(Math.round(value * 1000) / 1000)).join(' ');
  return [say`sample ${index}: ${result}`, ...(image ?? [`  ${values}${inputs.length > 12 ? ' …' : ''}`])];
}

async function showTable(file: string, opened: OpenedData, options: ImportOptions, out: Output): Promise<void> {
  const {
    rows,
    header: names,
    first,
    columns,
  } = await inspectTable(opened.source, readTableOptions(options), tableOptions(options));
  out.result('covey.data-inspect/1', { file, kind: 'table', rows, columns, first }, [
    say`${file}: ${rows} rows, ${names.length} columns`,
    ...columns.map(({ name, type: kind, missing: lost, range, frequent, note }) => {
      const values = range
        ? say`${range.least} to ${range.greatest}`
        : frequent
            .slice(0, 5)
            .map(([value, count]) => `${value} (${count})`)
            .join(', ');
      return `  ${name}: ${[phrase(kind), values, ...(lost > 0 ? [say`${lost} missing`] : []), ...(note ? [sentence(note) ?? note] : [])].join('; ')}`;
    }),
    ...first.map((fields) => `  | ${fields.map((field) => field.slice(0, 40)).join(' | ')}`),
  ]);
}

async function showArrays(file: string, opened: OpenedData, out: Output): Promise<void> {
  const arrays = [...(await readArrays(file, opened, { labels: undefined, format: undefined }))].map(
    ([name, array]) => ({
      name,
      type: array.type,
      shape: array.shape,
      ...statistics(array),
    }),
  );
  out.result('covey.data-inspect/1', { file, kind: 'arrays', arrays }, [
    say`${file}: ${arrays.length} arrays`,
    ...arrays.map(
      ({ name, type: kind, shape, least, greatest, mean }) =>
        say`  ${name}: ${kind} [${shape.join(', ')}], ${least} to ${greatest}, mean ${mean}`,
    ),
  ]);
}

/** Of an empty array there are none, and JSON has no infinity. */
function statistics(array: ElementArray) {
  const { least, greatest, mean } = statisticsOf(array);
  return Number.isFinite(mean) ? { least, greatest, mean } : { least: null, greatest: null, mean: null };
}

/** A folder of images by its classes, and the size of the first; an image alone by its size. */
async function showImages(file: string, out: Output): Promise<void> {
  const images = (await imagesOf(file)).sort((a, b) => (a.path < b.path ? -1 : 1));
  const classes: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const { path } of images) {
    const [folder, ...rest] = path.split('/');
    if (rest.length > 0) classes[folder!] = (classes[folder!] ?? 0) + 1;
  }
  const [first] = images;
  const { width, height } = first ? await decodeImage(await first.bytes(), first.path) : { width: 0, height: 0 };
  const found = { images: images.length, classes, first: first && { file: first.path, width, height } };
  out.result('covey.data-inspect/1', { file, kind: 'images', ...found }, [
    say`${file}: ${images.length} images`,
    ...Object.entries(classes).map(([name, count]) => `  ${name}: ${count}`),
    ...(first ? [`${first.path}: ${width} × ${height}`] : []),
  ]);
}

async function showText(file: string, opened: OpenedData, out: Output): Promise<void> {
  const bytes = await opened.bytes();
  const text = new TextDecoder().decode(bytes.subarray(0, 200));
  out.result('covey.data-inspect/1', { file, kind: 'text', bytes: bytes.length, begins: text }, [
    say`${file}: ${bytes.length} bytes of text`,
    ...text.split('\n').slice(0, 3),
  ]);
}

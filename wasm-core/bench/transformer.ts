// Tokens a second of the character transformer, scored, beside ONNX Runtime on the same weights.
import { instantiate } from '../loader/instantiate.ts';
import { checkLayers } from '../loader/check-layers.ts';
import { lossOf } from '../loader/losses.ts';
import { placeOrder } from '../loader/network.ts';
import { readCoreWasm } from '../loader/node.ts';
import { plan } from '../loader/plan.ts';
import { characterLayers, CONTEXT } from '../models/characters.ts';
import { readCharacterModel, readHeldOut } from '../models/read-model.ts';
import type { BenchRow } from './row.ts';
import { alternate, timed, timedAsync } from './measure.ts';
import { openOnnx, ortWeb } from './onnx/session.ts';

const SEQUENCES = 8;
/** Of outputs between the two, whose sums have other orders. */
const TOLERANCE = 1e-2;

export async function transformerRow(): Promise<BenchRow> {
  const parameters = readCharacterModel();
  const samples = readHeldOut().subarray(0, SEQUENCES * (CONTEXT + 1));
  const network = checkLayers(characterLayers);
  const { arena, exports } = await instantiate(await readCoreWasm());
  const scoring = plan(
    network,
    SEQUENCES,
    { loss: lossOf(network, undefined).code, inputs: 'u8', targets: 'u8' },
    false,
  );
  const length = SEQUENCES * CONTEXT * network.classes;
  const [program, weights, inputs] = [arena.copyIn(scoring.program), arena.copyIn(parameters), arena.copyIn(samples)];
  const index = placeOrder(arena, SEQUENCES);
  const out = arena.allocate(length * 4);
  const workspace = arena.allocate(scoring.workspace);
  const run = (): number => exports.predict(program, weights, inputs, index, SEQUENCES, 1, out, workspace);

  const onnx = await openOnnx(ortWeb, { layers: characterLayers, parameters, samples: SEQUENCES });
  const feed = onnx.feed(samples.filter((_, i) => i % (CONTEXT + 1) !== CONTEXT));

  run();
  const theirs = await onnx.run(feed);
  const apart = arena.f32(out, length).reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)), 0);
  if (!(apart < TOLERANCE)) throw new Error(`ONNX Runtime's outputs differ by ${apart}`);

  const seconds = await alternate([
    { name: 'covey', run: () => timed(run) },
    { name: 'ort-web', run: () => timedAsync(() => onnx.run(feed)) },
  ]);
  await onnx.close();
  const value = (SEQUENCES * CONTEXT) / seconds.get('covey')!;
  const ratio = seconds.get('ort-web')! / seconds.get('covey')!;
  const against = [{ name: 'ort-web', ratio }];
  return {
    kernel: 'transformer',
    n: SEQUENCES * CONTEXT,
    d: network.parameterCount,
    threads: 1,
    value,
    unit: 'tokens/s',
    against,
  };
}

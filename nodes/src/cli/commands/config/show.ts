import { findConfig } from '../../config/config-file.ts';
import { originText } from '../../config/settings.ts';
import { configFile, defineCommand } from '../../define-command.ts';
import {
  beaconOptions,
  chainOptions,
  keystoreOptions,
  readerOptions,
  snapshotHub,
  stateOptions,
} from '../../options.ts';
import { say } from '../../words/say.ts';

const configured = {
  ...chainOptions,
  ...readerOptions,
  ...beaconOptions,
  hub: snapshotHub('has votes and proposals'),
  ...stateOptions,
  keystore: keystoreOptions.keystore,
};

export const configShow = defineCommand({
  name: 'config show',
  summary: 'What holds for commands here, and where each value came from: flag, environment, config file or default',
  examples: ['config show', 'config show --rpc https://rpc.example.org   # what a flag would change'],
  options: { ...configured, config: configFile },
  async run(options, out, origins) {
    const file = findConfig(options.config);
    const settings = Object.keys(configured).map((name) => {
      const value = shown(options[name as keyof typeof configured]);
      return { name, value, origin: origins[name]! };
    });
    out.result('covey.config-show/1', { file: file ?? null, settings }, [
      file === undefined ? say`config file none (make one with \`covey init\`)` : say`config file ${file}`,
      ...settings.map(({ name, value, origin }) => `${name.padEnd(11)} ${value ?? '–'}  (${originText(origin)})`),
    ]);
  },
});

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  const { chainId, dao } = value as { chainId: number; dao: string };
  return say`chain ${chainId}, DAO ${dao}, written out`;
}

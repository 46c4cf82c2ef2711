import { covey } from '../cli/program.ts';

/** Runs a command in this process and gives what it printed as JSON; what it says of its progress is not shown. */
export async function runCommand<Result>(...args: string[]): Promise<Result> {
  let printed = '';
  const restore = [
    replaceWrite(process.stdout, (text) => (printed += text)),
    replaceWrite(process.stderr, () => undefined),
  ];
  try {
    await covey().parseAsync(['node', 'covey', ...args, '--json']);
  } finally {
    for (const one of restore) one();
  }
  return JSON.parse(printed) as Result;
}

function replaceWrite(stream: NodeJS.WriteStream, take: (text: string) => unknown): () => void {
  const own = stream.write.bind(stream);
  stream.write = (text: string | Uint8Array) => {
    take(String(text));
    return true;
  };
  return () => {
    stream.write = own;
  };
}

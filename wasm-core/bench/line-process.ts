import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that sets itself up, then answers each line on its stdin with one number on its stdout. */
export class LineProcess {
  readonly #child;
  readonly #waiting: { resolve(value: number): void; reject(error: Error): void }[] = [];
  #failure: Error | undefined;

  constructor(program: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    let complaint = '';
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    // Writing to a program that has ended is told by its end.
    this.#child.stdin.on('error', () => undefined);
    createInterface(this.#child.stdout).on('line', (line) => this.#waiting.shift()?.resolve(Number(line)));
    const fail = (error: Error): void => {
      this.#failure = error;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    };
    this.#child.on('error', fail);
    this.#child.on('close', (code) => fail(new Error(`${program} ended with ${code}: ${complaint.slice(-400)}`)));
  }

  async ask(line: string): Promise<number> {
    if (this.#failure) throw this.#failure;
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${line}\n`);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }
}

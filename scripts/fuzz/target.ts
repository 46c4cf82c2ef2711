export interface Target {
  name: string;
  /** Hands one hostile input over; names what took it, where that is one of many methods. */
  run(): readonly string[] | Promise<readonly string[]>;
}

/** Milliseconds between two words of how far a computation is. */
const pause = 10_000;

/** The core reports every minibatch: a tenth of the way is news, and so is its end, but no flood where the way is short. */
export function saidSometimes(
  say: (done: number, total: number) => void,
  now: () => number = () => performance.now(),
): (done: number, total: number) => void {
  let [last, tenth] = [now(), 0];
  return (done, total) => {
    const reached = Math.floor((10 * done) / total);
    if (done < total && (reached === tenth || now() - last < pause)) return;
    [last, tenth] = [now(), reached];
    say(done, total);
  };
}

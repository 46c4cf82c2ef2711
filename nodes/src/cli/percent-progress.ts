/** Says how far something is, in whole tens of percent, each once. */
export function percentProgress(onPercent: (percent: number) => void): (done: number, of: number) => void {
  let said = 0;
  return (done, of) => {
    const tens = of === 0 ? 10 : Math.floor((10 * done) / of);
    // Another file starts anew.
    if (tens < said) said = 0;
    if (tens === said || tens === 0) return;
    said = tens;
    onPercent(10 * tens);
  };
}

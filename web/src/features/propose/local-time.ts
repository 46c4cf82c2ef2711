/** Unix seconds as `datetime-local` shows them in the reader's zone; anything else shows as empty. */
export function toLocalTime(seconds: string): string {
  if (!/^\d{1,11}$/.test(seconds)) return '';
  const date = new Date(Number(seconds) * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function fromLocalTime(local: string): string {
  const milliseconds = Date.parse(local);
  return Number.isNaN(milliseconds) ? '' : String(Math.floor(milliseconds / 1000));
}

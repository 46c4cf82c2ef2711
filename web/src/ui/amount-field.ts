import { computed, ref } from 'vue';
import { parseTokens } from './format/amount.ts';

/** A field in which somebody types an amount of COVEY: its text, the amount in wei (0 where it is none), and how it is spent. */
export function useAmountField() {
  const text = ref('');
  const amount = computed(() => parseTokens(text.value));

  /**
   * Sends the amount, and empties the field once that has succeeded. What was typed meanwhile, while blocks were awaited,
   * stays.
   */
  async function spend(send: (amount: bigint) => Promise<boolean>): Promise<void> {
    const sent = text.value;
    if ((await send(amount.value)) && text.value === sent) text.value = '';
  }
  return { text, amount, spend };
}

import { defineStore } from 'pinia';
import { ref } from 'vue';
import { useClock } from '../../ui/clock.ts';

export type LiveState = 'connecting' | 'on' | 'off';

/** The newest block that the page has heard of; its time becomes the page's clock. */
export const useChainHead = defineStore('chainHead', () => {
  const clock = useClock();
  const block = ref<{ number: number; timestamp: number }>();
  const state = ref<LiveState>('connecting');

  function saw(next: { number: number; timestamp: number }) {
    if (block.value && next.number < block.value.number) return;
    block.value = { number: next.number, timestamp: next.timestamp };
    clock.set(next.timestamp);
  }
  /** A reorganisation or a restarted chain may go back. */
  function forget() {
    block.value = undefined;
  }

  return { block, state, saw, forget };
});

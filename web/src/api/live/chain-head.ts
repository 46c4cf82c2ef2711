import { defineStore } from 'pinia';
import { computed, ref } from 'vue';

export type LiveState = 'connecting' | 'on' | 'off';

/** The newest block that the page has heard of, and chain time that ticks on between blocks. */
export const useChain = defineStore('chain', () => {
  const block = ref<{ number: number; timestamp: number }>();
  const state = ref<LiveState>('connecting');
  const offset = ref(0);
  const wall = ref(Math.floor(Date.now() / 1000));
  setInterval(() => (wall.value = Math.floor(Date.now() / 1000)), 1000);

  function saw(next: { number: number; timestamp: number }) {
    if (block.value && next.number < block.value.number) return;
    block.value = { number: next.number, timestamp: next.timestamp };
    wall.value = Math.floor(Date.now() / 1000);
    offset.value = next.timestamp - wall.value;
  }
  /** A reorganisation or a restarted chain may go back. */
  function forget() {
    block.value = undefined;
  }
  const now = computed(() => wall.value + offset.value);
  return { block, state, now, saw, forget };
});

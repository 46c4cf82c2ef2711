import { defineStore } from 'pinia';
import { computed, ref } from 'vue';

const wallSeconds = () => Math.floor(Date.now() / 1000);

/**
 * The moment that relative times count from, in seconds: the reader's clock, put right by whoever knows better. It ticks
 * on by itself.
 */
export const useClock = defineStore('clock', () => {
  const wall = ref(wallSeconds());
  const offset = ref(0);
  setInterval(() => (wall.value = wallSeconds()), 1000);

  function set(timestamp: number) {
    wall.value = wallSeconds();
    offset.value = timestamp - wall.value;
  }

  const now = computed(() => wall.value + offset.value);
  return { now, set };
});

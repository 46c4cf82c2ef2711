import { isClientError, type ContentStore } from '@covey/client';

export interface StoreWatcher {
  /** It answered, with the content or with a reason. */
  onAnswer(): void;
  onFailure(code: string, message: string, isReached: boolean): void;
}

/** The same store, whose answers and failures somebody hears of. */
export function watchedStore(store: ContentStore, watcher: StoreWatcher): ContentStore {
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      watcher.onAnswer();
      return result;
    } catch (error) {
      if (isClientError(error)) {
        const isReached = error.code !== 'CONTENT_UNREACHABLE';
        watcher.onFailure(error.code, error.shortMessage, isReached);
      }
      throw error;
    }
  };
  return {
    get: (cid, options) => watched(store.get(cid, options)),
    getBlock: (cid, options) => watched(store.getBlock(cid, options)),
    add: (bytes) => watched(store.add(bytes)),
    putBlock: (codec, bytes, options) => watched(store.putBlock(codec, bytes, options)),
    pin: (cid, options) => watched(store.pin(cid, options)),
  };
}

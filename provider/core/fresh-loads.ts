/**
 * Loads that several callers share. Whoever asks gets the result of a load that began after it asked, never an older
 * one: while a load is under way, all who come wait together for the next.
 */
export class FreshLoads<T> {
  private readonly loads = new Map<string, { current: Promise<T>; next?: Promise<T> }>();

  get(key: string, load: () => Promise<T>): Promise<T> {
    const running = this.loads.get(key);
    if (!running) return this.start(key, load);
    running.next ??= running.current.then(
      () => this.start(key, load),
      () => this.start(key, load),
    );
    return running.next;
  }

  private start(key: string, load: () => Promise<T>): Promise<T> {
    const current = load().finally(() => {
      // The next load, if anybody waits for one, has put itself in this place by the time it begins.
      if (this.loads.get(key)?.current === current && !this.loads.get(key)?.next) this.loads.delete(key);
    });
    this.loads.set(key, { current });
    return current;
  }
}

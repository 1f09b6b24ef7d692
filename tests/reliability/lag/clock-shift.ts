/** Loaded into a process whose clock must be wrong by SHIFT_MS. */
const by = Number(process.env.SHIFT_MS ?? 0);
const Real = Date;

class Shifted extends Real {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(Real.now() + by);
    else super(...(args as [number]));
  }

  static override now(): number {
    return Real.now() + by;
  }
}

globalThis.Date = Shifted as DateConstructor;

export {};

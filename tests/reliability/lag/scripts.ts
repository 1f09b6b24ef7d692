/** Random runs at a service with stale answers, reproducible by seed. */
import fc from "fast-check";

import type { Lag } from "./lag";
import { perItem, alternatingReplicas, shiftingPages, staleJobs, combined, uniformLag } from "./lag";
import { kinds } from "./lag-run";
import type { VirtualScript } from "./virtual-run";

const maxLag = 30_000;
const age = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: maxLag }));

const anyUniformLag = age.map(uniformLag);

/** Any kind of lag. */
const anyLag: fc.Arbitrary<Lag> = fc
  .record({
    listing: fc.oneof(
      anyUniformLag,
      fc.tuple(age, fc.string({ minLength: 1, maxLength: 4 })).map(([ms, seed]) => perItem(ms, seed)),
      fc.tuple(age, age).map(([one, other]) => alternatingReplicas(one, other)),
    ),
    pages: fc.option(fc.string({ minLength: 1, maxLength: 4 }).map(shiftingPages), { nil: undefined }),
    getJob: fc.option(age.map(staleJobs), { nil: undefined }),
  })
  .map(({ listing, pages, getJob }) => {
    const parts = [listing, pages, getJob].filter((part) => part !== undefined);
    return combined(parts.map(({ name }) => name).join(", "), ...parts);
  });

const common = {
  kind: fc.constantFrom(...kinds),
  maxLag: fc.constant(maxLag),
  duration: fc.constantFrom(0, 500, 5_000, 60_000),
  latency: fc.constantFrom(0, 20, 200),
  empty: fc.array(
    fc.record({
      operation: fc.constantFrom(
        ...(["createJob", "startJob", "getJob", "listJobs", "listRevisionAssets", "cancelJob"] as const),
      ),
      times: fc.integer({ min: 1, max: 3 }),
      skip: fc.nat(3),
      after: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
};

const oneMachine: fc.Arbitrary<VirtualScript["start"]> = fc.oneof(
  fc.constant({ how: "undisturbed" as const }),
  fc.record({
    how: fc.constant("crash" as const),
    call: fc.integer({ min: 1, max: 14 }),
    takesEffect: fc.boolean(),
    later: fc.constantFrom(0, 100, 1_000, 10_000, 40_000),
  }),
  fc.record({
    how: fc.constant("pair" as const),
    later: fc.integer({ min: 0, max: 5_000 }),
    machines: fc.constant(1 as const),
  }),
);

/**
 * Two machines share no records, so each knows the other only by listings, which must be of one age. The second must begin
 * before the first has created its job, because an earlier job is not taken over.
 */
const twoMachines: fc.Arbitrary<VirtualScript> = common.latency.chain((latency) =>
  fc.record({
    ...common,
    latency: fc.constant(latency),
    empty: fc.constant([]),
    lag: anyUniformLag,
    start: fc.record({
      how: fc.constant("pair" as const),
      later: fc.integer({ min: 0, max: latency }),
      machines: fc.constant(2 as const),
    }),
  }),
);

export const virtualScripts: fc.Arbitrary<VirtualScript> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ ...common, lag: anyLag, start: oneMachine }) },
  { weight: 1, arbitrary: twoMachines },
);

/** A batch of inputs from one seed, small enough to repeat for one failure. */
import fc from "fast-check";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { JobProvider } from "../../../provider/dynamic/providers";
import { TestPlugin } from "../../simulation/plugin";
import { TestService } from "../../harness/service";
import type { Failure } from "../suite";
import { Counter } from "../suite";
import { checkUnknownValue, compareWithService, problemsOf } from "./check-vs-service";
import { change, checkDiff, declared } from "./diff-properties";
import { checkHosts } from "./hosts-agree";
import { anything, mutated, mutations, oddNames, validInputs } from "./job-inputs";
import { ServiceSample } from "./sample";
import { cases } from "./stored";
import type { Json } from "./values";

export interface Batch {
  readonly seed: number;
  readonly inputs: number;
}

export interface BatchResult {
  readonly counts: Readonly<Record<string, number>>;
  /** `what` begins with the name of the property. */
  readonly failures: readonly Failure[];
}

const batchSize = 5_000;

/** One of `sampleInterval` inputs is sent to the service. */
export async function runBatches(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  sampleInterval: number,
  onDone: (result: BatchResult) => void,
): Promise<void> {
  const tally = new Counter();
  await using service = await TestService.start();
  await using plugin = await TestPlugin.start();
  const sample = new ServiceSample(service, sampleInterval, tally);
  for await (const batch of batches) {
    const failures: Failure[] = [];
    for (const { name, share, of } of properties) {
      const numRuns = Math.round(batch.inputs * share);
      const details = await fc.check(of(tally, sample, plugin), { seed: batch.seed, numRuns });
      tally.add(name, details.numRuns);
      const where = `FUZZ_SEED=${batch.seed} FUZZ_INPUTS=${batch.inputs} npm run prove -- fuzz`;
      if (details.failed) failures.push({ where, what: `${name}: broken`, log: logOf(details) });
    }
    onDone({ counts: tally.take(), failures });
  }
}

/** The smallest input that fails, why, and fast-check's way to it. */
function logOf({ seed, counterexamplePath, counterexample, errorInstance }: fc.RunDetails<unknown>): string {
  const why = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
  const log = `${why}\nseed ${seed}, path ${counterexamplePath}, of ${JSON.stringify(counterexample)}`;
  return log.slice(0, 6_000);
}

/** Inputs cut into batches whose seeds follow from the first, which a replay starts with. */
export function splitIntoBatches(inputs: number, seed: number): Batch[] {
  return Array.from({ length: Math.ceil(inputs / batchSize) }, (_, index) => ({
    seed: (seed + index) | 0,
    inputs: Math.min(batchSize, inputs - index * batchSize),
  }));
}

interface Property {
  readonly name: string;
  /** Share of all inputs. */
  readonly share: number;
  readonly of: (tally: Counter, sample: ServiceSample, plugin: TestPlugin) => fc.IAsyncProperty<unknown>;
}

const type = validInputs.map((inputs) => inputs.type);

export const properties: readonly Property[] = [
  {
    name: "check and the service agree",
    share: 0.6,
    of: (tally, sample) =>
      fc.asyncProperty(validInputs, mutations, async (right, choices) => {
        const inputs = mutated(right, choices);
        await sample.take(inputs, await compareWithService(inputs, tally));
      }),
  },
  {
    name: "check: unknown values cause no problem",
    share: 0.1,
    of: () =>
      fc.asyncProperty(validInputs, mutations, fc.nat(1_000_000), (right, choices, place) =>
        checkUnknownValue(mutated(right, choices), place),
      ),
  },
  {
    name: "diff is reflexive, ignores order, and sees every changed leaf",
    share: 0.2,
    of: () => fc.asyncProperty(declared, change, checkDiff),
  },
  {
    name: "check and diff never throw for any input",
    share: 0.1,
    of: () =>
      fc.asyncProperty(
        fc.dictionary(oddNames, anything, { maxKeys: 4 }),
        fc.oneof(type, anything),
        anything,
        declared,
        async (more, ofType, details, right) => {
          const inputs: Json = { ...more, type: ofType, details };
          await problemsOf(inputs);
          // In the engine's encoding a member called `__proto__` becomes the prototype.
          const struct = Struct.fromJavaScript(inputs as Record<string, JavaScriptValue>);
          await problemsOf(struct.toJavaScript());
          // The engine calls diff with no inputs that check refuses, but with any state.
          await new JobProvider().diff("job", inputs, right);
        },
      ),
  },
  {
    name: "the plugin and the dynamic provider agree",
    share: 0.03,
    of: (tally, _, plugin) => fc.asyncProperty(cases, (each) => checkHosts(plugin, each, tally)),
  },
];

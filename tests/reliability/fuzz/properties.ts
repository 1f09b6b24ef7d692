/** What is held of every input, and how often one is drawn for each. */
import fc from "fast-check";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { JobProvider } from "../../../provider/dynamic/job-provider";
import { holdUnknown, judge, problemsOf } from "./check-vs-service";
import { anything, oddNames, rightInputs } from "./job-inputs";
import { mutated, mutations } from "./mutations";
import type { Sample } from "./sample";
import type { Tally } from "./counter";
import { change, declared, holdDiff } from "./diff-properties";
import type { Json } from "./values";

export interface Property {
  readonly name: string;
  /** Share of all inputs. */
  readonly share: number;
  readonly of: (tally: Tally, sample: Sample) => fc.IAsyncProperty<unknown>;
}

const type = rightInputs.map((inputs) => inputs.type);

export const properties: readonly Property[] = [
  {
    name: "check and the service agree",
    share: 0.6,
    of: (tally, sample) =>
      fc.asyncProperty(rightInputs, mutations, async (right, choices) => {
        const inputs = mutated(right, choices);
        await sample.take(inputs, await judge(inputs, tally));
      }),
  },
  {
    name: "check: unknown values are held against nobody",
    share: 0.1,
    of: () =>
      fc.asyncProperty(rightInputs, mutations, fc.nat(1_000_000), (right, choices, place) =>
        holdUnknown(mutated(right, choices), place),
      ),
  },
  {
    name: "diff is reflexive, blind to order, and sees every changed leaf",
    share: 0.2,
    of: () => fc.asyncProperty(declared, change, holdDiff),
  },
  {
    name: "check and diff never throw, whatever comes in",
    share: 0.1,
    of: () =>
      fc.asyncProperty(
        fc.dictionary(oddNames, anything, { maxKeys: 4 }),
        fc.oneof(type, anything),
        anything,
        declared,
        async (more, ofType, any, right) => {
          const inputs: Json = { ...more, type: ofType, details: any };
          await problemsOf(inputs);
          // The way of the engine, on which a member called `__proto__` becomes the prototype.
          const struct = Struct.fromJavaScript(inputs as Record<string, JavaScriptValue>);
          await problemsOf(struct.toJavaScript());
          // The engine asks for the diff of nothing that check refuses; the state may be whatever.
          await new JobProvider().diff("job", inputs, right);
        },
      ),
  },
];

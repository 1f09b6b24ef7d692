import { CodedError } from "../../lib/message-code";
import { UNKNOWN, isRecord } from "../../service-model/validate";
import { JobSetResource } from "../host/job-set-resource";
import type { Change } from "./changes";
import { findChanges } from "./changes";
import { jobChanges, withAssets } from "./job-kind";
import type { Kind } from "./kind";
import { hasSecrets, jobPaths, secretsOfFormer, secretsOfOutputs } from "./secrets";
import type { Props } from "./values";

export const jobSetKind: Kind = {
  open: (host) => new JobSetResource(host),
  jobs: (inputs) => jobPaths(inputs, "jobs"),
  secretOutputs: (secrets, outputs, earlier) =>
    jobPaths(outputs, "results").flatMap((at) => [
      ...secretsOfOutputs(secrets, ["jobs", ...at.slice(1)], at),
      // A replaced job has details that the inputs no longer contain, so the state before says whether they were secret.
      ...(hasSecrets(earlier, at) ? [[...at, "former"]] : []),
      ...secretsOfFormer(outputs, at),
    ]),
  foresee: ({ jobs: _, triggers: __, ...settings }, state) => ({ ...state, ...settings, results: UNKNOWN }),
  present: ({ results, ...others }) => ({
    ...others,
    results: isRecord(results)
      ? Object.fromEntries(Object.entries(results).map(([name, job]) => [name, withAssets(job as Props)]))
      : results,
  }),
  import: { identify: refuseImport, inputs: (outputs) => outputs, obstacle: () => undefined },
  complete: (state) => state,
  /**
   * The engine prints an output of this path below the inputs of its job, and without a value, so a message has the states. The
   * engine would print a path in `results` as the deletion of all of them.
   */
  causes({ results }, { jobs }, halfDeleted = []) {
    const [ran, declared] = [results, jobs].map((each) => (isRecord(each) ? each : {})) as [Props, Props];
    const names = [...new Set([...Object.keys(ran), ...Object.keys(declared)])];
    const causes = names.flatMap((name): Change[] => {
      if (!Object.hasOwn(ran, name)) return [{ path: ["jobs", name], kind: "ADD" }];
      if (!Object.hasOwn(declared, name)) return [{ path: ["jobs", name], kind: "DELETE" }];
      const { state, former } = ran[name] as Props;
      const hasAssetsToDelete = former !== undefined || halfDeleted.includes(name);
      return [
        ...(state === "COMPLETED" ? [] : [{ path: ["jobs", name, "state"], kind: "ADD" as const }]),
        ...(hasAssetsToDelete ? [{ path: ["jobs", name, "assets"], kind: "DELETE" as const }] : []),
      ];
    });
    return causes.length > 0 ? causes : [{ path: ["results"], kind: "UPDATE" }];
  },
  changes(_, { jobs: was, ...olds }, { jobs: is, ...news }) {
    const settings = jobChanges(olds, news, []);
    if (!isRecord(was) || !isRecord(is)) return [...settings, ...findChanges(undefined, was, is, ["jobs"])];
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return [
      ...settings,
      ...names.flatMap((name) => {
        const [before, after] = [was[name], is[name]];
        const path = ["jobs", name];
        return isRecord(before) && isRecord(after)
          ? jobChanges(before, after, path)
          : findChanges(undefined, before, after, path);
      }),
    ];
  },
};

function refuseImport(): never {
  const text =
    "A JobSet cannot be imported, because the service has no sets. Import its jobs as resources of the type " +
    "dataexchange:index:Job.";
  throw new CodedError({ code: "not-importable", text });
}

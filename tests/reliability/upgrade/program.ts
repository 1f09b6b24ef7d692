/** The program that created a state, unchanged or with every source changed. */
import { asset } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { JobArgs, RevisionFinalizationArgs } from "../../../index";
import { Job, RevisionFinalization } from "../../../index";
import type { KeptResource } from "./fixtures";
import { bodyOf, nameOf, resourcesOf } from "./fixtures";

/** Values in the details of the fixtures' jobs and their replacements. */
const changes: readonly (readonly [was: string, is: string])[] = [
  ['"a.csv"', '"b.csv"'],
  ['"asset-1.csv"', '"asset-2.csv"'],
  ["revision-1/", "revision-2/"],
  ["/sales1", "/sales2"],
  ["/grants1", "/grants2"],
  ['"v1/"', '"v2/"'],
  ['"prod"', '"next"'],
];

const asWritten = ({ inputs }: KeptResource): Record<string, unknown> =>
  Object.fromEntries(
    // The region came from the surroundings.
    Object.entries(inputs).filter(([name]) => !name.startsWith("__") && name !== "region"),
  );

function argsOf(job: KeptResource, isChanged: boolean): JobArgs {
  const text = JSON.stringify(asWritten(job));
  const changed = isChanged ? changes.reduce((now, [was, is]) => now.replaceAll(was, is), text) : text;
  const args = JSON.parse(changed) as JobArgs;
  const body = bodyOf(job)?.replace("body 1", isChanged ? "body 2" : "body 1");
  return {
    ...args,
    // A download of the same asset has no other source.
    ...(isChanged && changed === text && { triggers: ["again"] }),
    ...(body !== undefined && { upload: new asset.StringAsset(body) }),
  } as JobArgs;
}

/** The jobs that may run again: not those into a revision that is finalized. */
export function changeable(text: string): KeptResource[] {
  const { jobs, finalizations } = resourcesOf(text);
  const finalized = finalizations.map(({ inputs }) => JSON.stringify(inputs.revisionId));
  return jobs.filter(({ inputs }) => !finalized.some((id) => JSON.stringify(inputs.details).includes(id)));
}

export const program =
  (text: string, changed: boolean): PulumiFn =>
  () => {
    const { jobs, finalizations } = resourcesOf(text);
    const again = new Set(changed ? changeable(text).map(({ urn }) => urn) : []);
    for (const job of jobs) new Job(nameOf(job), argsOf(job, again.has(job.urn)));
    for (const each of finalizations)
      new RevisionFinalization(nameOf(each), asWritten(each) as unknown as RevisionFinalizationArgs);
    return Promise.resolve();
  };

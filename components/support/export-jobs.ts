/** What the components have in common that declare export jobs. */
import type { Output } from "@pulumi/pulumi";
import { all } from "@pulumi/pulumi";

import type { JobState } from "../../service-model/job";
import type { Job } from "../../provider/dynamic/job";
import type { JobSettings } from "./job-settings";

/** Settings of a component that exports: it makes no assets, so there is nothing to tag or to delete. */
export type ExportSettings = Omit<JobSettings, "tags" | "onDelete">;

export interface ExportsOutcome {
  readonly jobIds: Output<string[]>;
  readonly states: Output<JobState[]>;
}

export const exportsOf = (jobs: readonly Job[]): ExportsOutcome => ({
  jobIds: all(jobs.map(({ id }) => id)),
  states: all(jobs.map(({ state }) => state)),
});

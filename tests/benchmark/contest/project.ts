import type { ProjectSettings } from "@pulumi/pulumi/automation";

import { awsPlugin } from "../../harness/aws";

/** The project of every program: the stand-in for `@pulumi/aws` makes data sets and revisions at the local service. */
export const project: ProjectSettings = {
  name: "bench",
  runtime: "nodejs",
  main: process.cwd(),
  ...awsPlugin,
};

/** `@pulumi/aws` is an optional peer: it is loaded where a component declares something of it, and only that part. */
import { createRequire } from "node:module";

import { Refusal } from "./input-error";

/** A part of `@pulumi/aws`, such as `s3`; `what` says for which argument it is needed. */
export function awsPackage<Module>(part: string, what: string): Module {
  try {
    return createRequire(__filename)(`@pulumi/aws/${part}`) as Module;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new Refusal(
      `${what} needs the package @pulumi/aws, which is not installed; \`npm install @pulumi/aws\`..`,
    );
  }
}

/** The settings of the provider resource. They have the names of those of `@pulumi/aws`; structured ones arrive as JSON text. */
import { isDeepStrictEqual } from "node:util";

import { systemClock } from "../../lib/clock";
import { withCode } from "../../lib/message-code";
import { UNKNOWN } from "../../service-model/validate";
import type { ReadConfig } from "../aws/settings";
import { Sessions } from "../host/sessions";
import type { Props } from "./values";
import { decode, seal } from "./values";

const structured = [
  ...["assumeRole", "assumeRoles", "assumeRoleWithWebIdentity", "endpoints", "defaultTags", "concurrentJobs"],
  ...["allowedAccountIds", "forbiddenAccountIds", "sharedConfigFiles", "sharedCredentialsFiles"],
];

/** Settings that are or may contain credentials. */
const secretSettings = [
  "accessKey",
  "secretKey",
  "token",
  "assumeRoleWithWebIdentity",
  "httpProxy",
  "httpsProxy",
];

/** Reads a setting by the key that it has in the stack's config, such as `aws:region`. Unknown settings count as absent. */
export function readSettings(wire: Props): ReadConfig {
  const { values } = decode(wire);
  return (key) => {
    const value = values[key.slice(key.indexOf(":") + 1)];
    if (value === undefined || value === null || value === UNKNOWN) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
}

/** The settings with their credentials secret, and a sentence for each problem. */
export function checkSettings(wire: Props): { inputs: Props; failures: string[] } {
  const { secrets } = decode(wire);
  const inputs = seal(wire, [...secrets, ...secretSettings.map((name) => [name])]);
  return { inputs, failures: findProblems(readSettings(wire)) };
}

function findProblems(read: ReadConfig): string[] {
  const unreadable = structured.filter((name) => !isJson(read(`:${name}`)));
  if (unreadable.length > 0) {
    return unreadable.map((name) => withCode(`The provider's ${name} is not valid JSON.`, "invalid-config"));
  }
  const problem = new Sessions(read, systemClock).configProblem();
  return problem ? [withCode(problem.text, problem.code)] : [];
}

function isJson(text: string | undefined): boolean {
  try {
    if (text) JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Names of the settings that differ. None of them replaces the provider, because another way to reach AWS runs no job again,
 * and each job names its region. The engine continues with the old settings if there is no difference.
 */
export function changedSettings(was: Props, is: Props): string[] {
  const [before, after] = [was, is].map((wire) => decode(wire).values) as [Props, Props];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

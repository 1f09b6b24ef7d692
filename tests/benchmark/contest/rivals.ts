/** The programs in tests/benchmark/rivals, and how each is started. */
import { delimiter, join } from "node:path";

import { cleanEnvironment } from "../../clients/python-environment";
import { ownPython } from "../../../scripts/aws-cli";
import type { Service } from "../support/service";
import type { Measured } from "./measured";
import { measured } from "./measured";
import type { Work } from "./works";

export type RivalName = "B" | "C" | "S" | "R";

/** What a rival is in a table. */
export const rivalWords: Record<RivalName, string> = {
  B: "a boto3 script with threads",
  C: "the Step Functions coordinator's algorithm",
  S: "a shell script with aws-cli",
  R: "the algorithm of Terraform's revision_assets",
};

const folder = join(process.cwd(), "tests", "benchmark", "rivals");

/** A rival's file for a piece of work; it has none for what it cannot do. */
const fileOf: Record<RivalName, (work: Work) => string | undefined> = {
  B: (work) => join("boto3", `${work}.py`),
  C: (work) => (work === "publish" ? "coordinator.py" : undefined),
  S: (work) => join("aws-cli", `${work}.sh`),
  R: (work) => (work === "publish" ? "terraform.py" : undefined),
};

export const can = (rival: RivalName, work: Work): boolean => fileOf[rival](work) !== undefined;

export async function runRival(
  service: Service,
  rival: RivalName,
  work: Work,
  args: readonly string[],
): Promise<Measured> {
  const file = fileOf[rival](work);
  if (file === undefined) throw new Error(`${rivalWords[rival]} has no program for ${work}.`);
  const python = await ownPython();
  const tools = join(folder, "aws-cli", "bin");
  const env = { ...cleanEnvironment(), ...service.env, PYTHON: python };
  return measured(service, {
    command: file.endsWith(".py") ? python : "bash",
    args: [join(folder, file), ...args],
    env: { ...env, PYTHONDONTWRITEBYTECODE: "1", PATH: `${tools}${delimiter}${process.env.PATH}` },
  });
}

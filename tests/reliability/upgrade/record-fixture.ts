/**
 * `node dist/tests/reliability/upgrade/record-fixture.js`, at each release: writes a stack of every kind of resource, as this
 * version stores it, to `tests/fixtures/deployments`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Job, RevisionFinalization } from "../../../index";
import { jobTypes } from "../../../service-model/job-types";
import { prepareJobs } from "../../harness/one-job-per-type";
import { importArgs } from "../../harness/programs";
import { TestService } from "../../harness/service";
import { TestStack, expectSuccess } from "../../harness/stack";
import { folder, resourcesOf } from "./fixtures";

async function recordFixture(): Promise<string> {
  const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
  await using service = await TestService.start();
  await using stack = await TestStack.create({ env: service.env, isFast: false });
  const jobs = await prepareJobs(service);
  const revision = await service.createEmptyRevision();
  const program = () => {
    for (const [name, args] of Object.entries(jobs(1))) new Job(name, args);
    const published = new Job("published", importArgs(revision, ["a.csv"]));
    new RevisionFinalization("published", { ...revision, jobs: [published.id] });
    return Promise.resolve();
  };
  expectSuccess(await stack.up(program));
  const file = join(folder, "deployments", `${version}.json`);
  const text = JSON.stringify(await stack.stack.exportStack(), withoutFilePaths, 2);
  const recorded = resourcesOf(text).jobs.map(({ inputs }) => inputs.type);
  const missing = jobTypes.map(({ type }) => type).filter((type) => !recorded.includes(type));
  if (missing.length > 0) throw new Error(`The stack has no job of these types: ${missing.join(", ")}.`);
  // The flag protects the fixture of a release from being overwritten.
  await writeFile(file, `${text}\n`, { flag: "wx" });
  return file;
}

/** Leaves out file paths of this machine. */
const withoutFilePaths = (name: string, value: unknown): unknown =>
  name === "sourcePosition" || name === "stackTrace" ? undefined : value;

recordFixture()
  .then((file) => console.log(file))
  .catch((error: Error) => {
    console.error(error.stack);
    process.exitCode = 1;
  });

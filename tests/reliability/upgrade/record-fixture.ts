import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Job, RevisionFinalization } from "../../../index";
import { prepareJobs } from "../../harness/one-job-per-type";
import { importArgs } from "../../harness/programs";
import { TestStack, expectSuccess } from "../../harness/stack";
import { TestService } from "../../harness/service";
import { folder } from "./fixtures";

/**
 * `node dist/tests/reliability/upgrade/record-fixture.js`, at each release: keeps a stack of every kind of resource, as this version writes it,
 * in `tests/fixtures/deployments`.
 */

async function keep(): Promise<string> {
  const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
  const service = await TestService.start();
  const stack = await TestStack.create({ env: service.env });
  try {
    const nine = await prepareJobs(service);
    const place = await service.createEmptyRevision();
    const run = await stack.up(() => {
      for (const [name, args] of Object.entries(nine(1))) new Job(name, args);
      const published = new Job("published", importArgs(place, ["a.csv"]));
      new RevisionFinalization("published", { ...place, jobs: [published.id] });
      return Promise.resolve();
    });
    expectSuccess(run);
    const file = join(folder, "deployments", `${version}.json`);
    await mkdir(join(folder, "deployments"), { recursive: true });
    // The flag protects the fixture of a release from being overwritten.
    const text = JSON.stringify(await stack.stack.exportStack(), withoutFilePaths, 2);
    await writeFile(file, `${text}\n`, { flag: "wx" });
    return file;
  } finally {
    await stack.remove();
    await service.stop();
  }
}

/** Leaves out file paths of this machine. */
const withoutFilePaths = (name: string, value: unknown): unknown =>
  name === "sourcePosition" || name === "stackTrace" ? undefined : value;

keep()
  .then((file) => console.log(file))
  .catch((error: Error) => {
    console.error(error.stack);
    process.exitCode = 1;
  });

/**
 * The packed package in other projects, on the real engine. `npm run test:package` tests every package manager, with and
 * without `@pulumi/aws`, both module systems and every way of module resolution; `npm test` tests only the first of each.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { findPulumi } from "../../scripts/find-pulumi";
import { readSnippets } from "../harness/programs";
import { ServiceClients } from "../harness/service";
import { awsPlugin } from "../harness/stack";
import type { Environment, Finished, Packed } from "./consumer";
import { Consumer, pack } from "./consumer";

const everything = process.env["EVERY_CONSUMER"] !== undefined;
const sources = join("tests", "package", "consumer");

/** Ways of module resolution of the compiler. The first one emits the programs that run. */
const resolutions: Readonly<Record<string, readonly string[]>> = {
  node20: ["--module", "node20"],
  node16: ["--module", "node16", "--noEmit"],
  bundler: ["--module", "preserve", "--moduleResolution", "bundler", "--noEmit"],
  node10: [
    ...["--module", "commonjs", "--moduleResolution", "node10", "--ignoreDeprecations", "6.0", "--noEmit"],
  ],
};

interface Outcome {
  outputs: { assets: { value: { name: string }[] }; policy?: { value: string } };
  changes: Record<string, number>;
}

/** The programs of the README, joined. */
const quickStart = async (): Promise<string> =>
  (await Promise.all(["Quick start", "Components"].map((heading) => readSnippets(heading)))).join("\n");

/** Packages at the versions of the development dependencies. */
async function withVersions(names: readonly string[]): Promise<string[]> {
  const { devDependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
    devDependencies: Record<string, string>;
  };
  return names.map((name) => `${name}@${devDependencies[name]!}`);
}

describe("the installed package", function () {
  this.timeout("15m");
  let packed: Packed;

  before(async () => (packed = await pack()));
  after(() => packed?.remove());

  for (const manager of everything ? (["npm", "pnpm"] as const) : (["npm"] as const)) {
    for (const aws of everything ? [false, true] : [false]) {
      describe(`by ${manager}, ${aws ? "with" : "without"} @pulumi/aws`, () => {
        const names = ["job", "plugin-job", "serve", "up", ...(aws ? ["quick-start"] : [])];
        let consumer: Consumer;
        let installing: string;

        before(async () => {
          consumer = await Consumer.create(await findPulumi());
          const others = ["@pulumi/pulumi", "typescript", "@types/node", ...(aws ? ["@pulumi/aws"] : [])];
          installing = await consumer.install(manager, [packed.tarball, ...(await withVersions(others))]);
          for (const name of names) {
            const source =
              name === "quick-start" ? quickStart() : readFile(join(sources, `${name}.ts`), "utf8");
            await consumer.add(name, await source);
          }
        });
        after(() => consumer?.remove());

        it("installs without an error, and without an optional peer", () => {
          expect(installing).not.to.match(/\berr(or)?\b/i);
          expect(existsSync(join(consumer.folder, "node_modules", "@pulumi", "aws"))).to.equal(aws);
        });

        for (const name of everything ? Object.keys(resolutions) : ["node20"]) {
          it(`compiles in strict mode with ${name}, including its declarations`, async () => {
            expect(await consumer.compile(names, resolutions[name]!)).to.equal("");
          });
        }

        it("exports the same names to both module systems", async () => {
          const added = ["default", "__esModule", "module.exports"];
          const names = async (type: string, load: string) => {
            const entries = ["", "/emulator", "/provider"].map(
              (entry) => `Object.keys(${load}("pulumi-dataexchange${entry}")).sort()`,
            );
            const { stdout } = await consumer.node([
              `--input-type=${type}`,
              "--eval",
              `console.log(JSON.stringify([${entries.join()}]))`,
            ]);
            const found = JSON.parse(stdout) as string[][];
            return found.map((listed) => listed.filter((name) => !added.includes(name)));
          };
          const required = await names("commonjs", "require");
          for (const listed of required) expect(listed).to.have.length.above(1);
          expect(await names("module", "await import")).to.deep.equal(required);
        });

        // Both load the same compiled files, and the names that they get are compared above, so one of them is enough.
        for (const type of everything ? ["mjs", "cjs"] : ["mjs"]) {
          it(`runs a job once from a .${type}, with the installed provider`, () =>
            serving(consumer, type, async (service, env) => {
              await service.createBucket("source");
              await service.putObject("source", "2026/prices.csv", "date,symbol,close\n");
              await consumer.configure({ ...(await service.createEmptyRevision()), bucket: "source" });

              expect(finished(await consumer.up(`job.${type}`, env)).changes).to.deep.equal({ create: 2 });
              const { outputs, changes } = finished(await consumer.up(`job.${type}`, env));
              expect(changes).to.deep.equal({ same: 2 });
              expect(outputs.assets.value.map(({ name }) => name)).to.deep.equal(["2026/prices.csv"]);
              expect(JSON.parse(outputs.policy!.value)).to.have.property("Statement");
              expect(await jobStates(service)).to.deep.equal(["COMPLETED"]);
            }));

          if (type === "cjs" && !everything) continue;
          it(`runs a job by the plugin in node_modules from a .${type}`, () =>
            serving(consumer, type, async (service, env) => {
              await service.createBucket("source", { "2026/prices.csv": "date,symbol,close\n" });
              const path = join("node_modules", "pulumi-dataexchange", "plugin");
              await consumer.configure(
                { ...(await service.createEmptyRevision()), bucket: "source" },
                { plugins: { providers: [{ name: "dataexchange", path }] } },
              );
              const { outputs } = finished(await consumer.up(`plugin-job.${type}`, env));
              expect(outputs.assets.value.map(({ name }) => name)).to.deep.equal(["2026/prices.csv"]);
              expect(await jobStates(service)).to.deep.equal(["COMPLETED"]);
            }));

          if (!aws) continue;
          it(`runs the README's programs from a .${type}`, () =>
            serving(consumer, type, async (service, env) => {
              await consumer.configure({}, awsPlugin);
              await consumer.write("manual/terms.txt", "Use it well.");
              const { outputs } = finished(await consumer.up(`quick-start.${type}`, env));
              expect(outputs.assets.value.map(({ name }) => name)).to.deep.equal(["2026/prices.csv"]);
              expect(await jobStates(service)).to.deep.equal(["COMPLETED", "COMPLETED", "COMPLETED"]);
            }));
        }
      });
    }
  }
});

/** Runs a test with the consumer's local Data Exchange, and destroys the stack afterwards. */
async function serving(
  consumer: Consumer,
  type: string,
  between: (service: ServiceClients, env: Environment) => Promise<void>,
): Promise<void> {
  const { endpoint, stop } = await consumer.serve(`serve.${type}`);
  const service = new ServiceClients(endpoint);
  const { env } = service;
  let destroyed: Finished;
  try {
    await between(service, env);
  } finally {
    destroyed = await consumer.pulumi(["destroy", "--yes", "--remove", "--stack", "dev"], env);
    service.close();
    await stop();
  }
  expect(destroyed.code, destroyed.stdout + destroyed.stderr).to.equal(0);
}

async function jobStates({ dataExchange }: ServiceClients): Promise<unknown[]> {
  const { Jobs = [] } = await dataExchange.listJobs();
  return Jobs.map(({ State }) => State);
}

function finished({ code, stdout, stderr }: Finished): Outcome {
  expect(code, stderr).to.equal(0);
  return JSON.parse(stdout) as Outcome;
}

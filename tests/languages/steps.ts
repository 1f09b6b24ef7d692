/** What happens to a stack in its life, the same in every language. */
import { unknownValue } from "@pulumi/pulumi/runtime";
import { expect } from "chai";

import { valuesOf } from "../harness/stack";
import type { Language, Life, Step } from "./life";

/** The texts that the programs contain, and must not be written anywhere. */
const secrets = ["planted-api-key", "planted-document", "planted-secret-key", "planted-text-of-an-upload"];

/** The jobs that the program imports into an empty state. */
const imported = ["prices", "copy", "quotes", "terms"] as const;
/** The stack, a provider, the resources of a published revision, and a job with that revision. */
const others = 8;
const all = imported.length + others;

const copied = (life: Life) => life.service.readObject("copies", "copy.csv");

export const stepsOf = ({ more = [] }: Language): readonly Step[] => [
  {
    title: "previews jobs, some with a value that is not known yet, and calls nothing that changes",
    operation: "preview",
    changes: { create: all },
    verify({ service }, { events }) {
      for (const [name, member] of [
        ["copy", "assetId"],
        ["archive", "revisionId"],
      ]) {
        const of = events.filter(({ resourcePreEvent }) =>
          resourcePreEvent?.metadata.urn.endsWith(`::${name}`),
        );
        expect(JSON.stringify(of)).to.contain(`"${member}":"${unknownValue}"`);
      }
      const calls = service.local.requests.map(({ operation }) => operation);
      expect(calls.filter((name) => /^(CreateJob|StartJob|Update|Delete)/.test(name))).to.deep.equal([]);
    },
  },
  {
    title:
      "runs them, one with an explicit provider in another region, and publishes a revision by a component",
    operation: "up",
    changes: { create: all },
    async verify(life, run) {
      const regions = ["us-east-1", "eu-west-1"];
      expect(valuesOf(run)).to.deep.equal({ state: "COMPLETED", asset: "a.csv", regions, finalized: true });
      expect(await life.service.readObjects("copies")).to.deep.equal({
        "copy.csv": "1",
        "archive/a.csv": "1",
      });
    },
  },
  { title: "runs nothing when nothing has changed", operation: "up", changes: { same: all } },
  {
    title: "runs a changed job again, and the job that uses its asset",
    settings: { key: "b.csv" },
    operation: "up",
    changes: { same: all - 2, replace: 2 },
    verify: async (life) => expect(await copied(life)).to.equal("2"),
  },
  {
    title: "reports a job that fails, and keeps it",
    settings: { key: "later.csv" },
    operation: "up",
    code: "job-failed",
    async verify({ stack }) {
      expect((await stack.jobs()).map(({ outputs }) => outputs.state)).to.include("ERROR");
    },
  },
  {
    title: "retries the failed job",
    prepare: ({ service }) => service.putObject("source", "later.csv", "3"),
    operation: "up",
    changes: { same: all - 2, replace: 2 },
    verify: async (life) => expect(await copied(life)).to.equal("3"),
  },
  { title: "reads the jobs again and finds no change", operation: "refresh", changes: { same: all } },
  {
    title: "imports the jobs into an empty state",
    async prepare(life) {
      const ids = await life.jobIds();
      await life.stack.clearState();
      await life.setImports(Object.fromEntries(imported.map((name) => [name, ids[name]!])));
    },
    operation: "up",
    changes: { create: others, import: imported.length },
  },
  {
    title: "runs no job that was imported",
    prepare: (life) => life.setImports(undefined),
    operation: "up",
    changes: { same: all },
  },
  ...more,
  {
    title: "deletes all from state",
    operation: "destroy",
    verify: async ({ stack }) => expect(await stack.jobs()).to.deep.equal([]),
  },
  {
    title: "writes no secret",
    prepare({ written }) {
      expect(written).to.contain("apiKey");
      for (const secret of secrets) expect(written.includes(secret), secret).to.equal(false);
    },
  },
];

/** The life of an example: previewed, brought up, left alone, changed as its README tells, refreshed, destroyed. */
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import type { OutputMap } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { LocalDataExchangeOptions } from "../../../emulator";
import type { Example } from "../../harness/example";
import { useExample } from "../../harness/example";
import type { EngineRun } from "../../harness/stack";
import { expectSuccess } from "../../harness/stack";
import type { TestService } from "../../harness/service";
import { commandsUnder, follow } from "./readme";

export interface Life {
  /** Folder of examples/. */
  readonly name: string;
  readonly options?: LocalDataExchangeOptions;
  /** What is there before, the stack's config included. */
  readonly seed?: (example: Example) => Promise<void>;
  /** What the first preview counts, the stack itself included. */
  readonly previewed: Changes;
  /** Sentences of that preview about what is not known yet. */
  readonly later?: readonly string[];
  /** What the first `up` comes to, where a preview cannot know it. */
  readonly made?: Changes;
  /** What is there after the first `up`. */
  readonly verify: (outputs: Values, example: Example) => Promise<void>;
  /**
   * What happens before the reader does what the README says under "Change something"; answers what to put in place of
   * words there.
   */
  readonly beforeChange?: (example: Example) => Promise<Readonly<Record<string, string>> | void>;
  /** What a preview counts then, where it cannot be what the `up` comes to. */
  readonly previewedChange?: Changes;
  /** What the `up` after it comes to. */
  readonly changed: Changes;
  /** What is there then; `first` are the outputs of before. */
  readonly verifyChange: (outputs: Values, first: Values, example: Example) => Promise<void>;
  /** What is left when the stack is gone. */
  readonly verifyEnd?: (last: Values, example: Example) => Promise<void>;
  /** Closes what `seed` has opened. */
  readonly close?: () => Promise<void> | void;
}

type Changes = Readonly<Record<string, number>>;

/** Outputs as they are in a stack that is up. */
export type Values = Readonly<Record<string, unknown>>;

export function lives({ name, options, ...life }: Life): void {
  describe(`the example ${name}`, function () {
    this.timeout("10m");
    const example = useExample(name, options);
    after(() => life.close?.());

    it("is previewed, up, unchanged, changed as its README tells, refreshed and gone", async () => {
      const { stack, service, program } = example;
      await life.seed?.(example);

      const [requests, buckets] = [service.local.requests.length, await bucketsIn(service)];
      const preview = expectSuccess(await stack.preview(program));
      expect(preview.changes).to.deep.equal(life.previewed);
      for (const sentence of life.later ?? []) expect(saidIn(preview)).to.contain(sentence);
      expect(Object.keys(service.countCalls(requests)).filter((operation) => writes.test(operation))).to.be
        .empty;
      expect(await bucketsIn(service)).to.deep.equal(buckets);

      const up = expectSuccess(await stack.up(program));
      expect(up.changes).to.deep.equal(life.made ?? life.previewed);
      const first = valuesOf(up.outputs);
      await life.verify(first, example);
      const [count] = Object.values(up.changes);
      expect(expectSuccess(await stack.up(program)).changes).to.deep.equal({ same: count });

      const words = Object.entries((await life.beforeChange?.(example)) ?? {});
      const told = commandsUnder("Change something", (await example.read("README.md")).toString());
      expect(told.pop()).to.equal("pulumi up");
      for (const command of told) {
        const meant = words.reduce((text, [word, value]) => text.replace(word, value), command);
        await follow(meant, process.cwd(), (entries) => example.configure(entries));
      }
      if (life.previewedChange) {
        expect(expectSuccess(await stack.preview(program)).changes).to.deep.equal(life.previewedChange);
      }
      const changed = expectSuccess(await stack.up(program));
      expect(changed.changes).to.deep.equal(life.changed);
      const last = valuesOf(changed.outputs);
      await life.verifyChange(last, first, example);

      const refreshed = expectSuccess(await stack.refresh());
      expect(Object.keys(refreshed.changes)).to.deep.equal(["same"]);
      expectSuccess(await stack.destroy());
      expect(await stack.jobs()).to.be.empty;
      await life.verifyEnd?.(last, example);
    });
  });
}

const writes = /^(Create|Start|Update|Delete|UploadBody)/;

/** What the stand-in keeps of other services is in a bucket of its own, and so counts. */
const bucketsIn = async ({ s3 }: TestService): Promise<unknown> =>
  (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);

const valuesOf = (outputs: OutputMap): Values =>
  Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value as unknown]));

const saidIn = ({ events }: EngineRun): string =>
  events.map(({ diagnosticEvent }) => diagnosticEvent?.message ?? "").join("");

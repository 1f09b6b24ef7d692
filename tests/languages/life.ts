/** A stack of one language with a local Data Exchange. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { ProjectSettings, Workspace } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";

import { withPlugin } from "../harness/plugin-settings";
import type { RevisionIds } from "../harness/service";
import { TestService } from "../harness/service";
import type { EngineRun, Operate, Operation } from "../harness/stack";
import { awsPlugin, TestStack } from "../harness/stack";

/** How the programs of a language run. */
export interface Runtime {
  readonly settings: Partial<ProjectSettings>;
  readonly operate: Operate;
  readonly stop?: () => unknown;
}

export interface Language {
  readonly name: string;
  /** Whether it runs only in `npm run test:matrix`, because its programs are compiled. Default: false. */
  readonly isCompiled?: boolean;
  /** Finds or installs what programs need. Throws the reason, as a clause, if it cannot be had on this machine. */
  readonly find: () => Promise<unknown>;
  /** Starts what runs the program. Throws an error if the program does not compile. */
  readonly prepare: () => Promise<Runtime>;
  /** Sets the option `import` of resources, or removes it. Default: in the config. */
  readonly setImports?: (life: Life, ids: Ids | undefined) => Promise<void>;
  /** Steps with the imported jobs. */
  readonly more?: readonly Step[];
}

/** Ids of jobs, by the names of their resources. */
export type Ids = Readonly<Record<string, string>>;

/** What happens to the stack, and what follows. */
export interface Step {
  readonly title: string;
  readonly prepare?: (life: Life) => Promise<unknown> | void;
  /** Changes of the stack's config. */
  readonly settings?: Settings;
  readonly operation?: Operation;
  /** The run fails with this code. */
  readonly code?: string;
  /** The number of resources by operation, if the run succeeds. */
  readonly changes?: Readonly<Record<string, number>>;
  readonly verify?: (life: Life, run: EngineRun) => Promise<unknown> | void;
}

/** Config of the stack, which the programs of all languages read. */
export type Settings = Readonly<Record<string, unknown>>;

export class Life {
  /** All that the CLI wrote: output, events and states. */
  written = "";
  private settings: Settings = {};

  private constructor(
    readonly language: Language,
    readonly service: TestService,
    readonly stack: TestStack,
    readonly revision: RevisionIds,
    private readonly runtime: Runtime,
  ) {}

  static async start(language: Language, runtime: Runtime): Promise<Life> {
    const service = await TestService.start();
    const ireland = service.connect("eu-west-1");
    const [revision, api, abroad] = await Promise.all([
      service.createEmptyRevision(),
      service.createEmptyRevision("API_GATEWAY_API"),
      service.createEmptyRevision("S3_SNAPSHOT", ireland),
    ]);
    ireland.destroy();
    await service.createBucket("source", { "a.csv": "1", "b.csv": "2" });
    await service.createBucket("copies");
    // The component declares resources of the package aws.
    const settings = {
      ...runtime.settings,
      main: undefined,
      ...withPlugin(awsPlugin),
    } as Partial<ProjectSettings>;
    const { env } = service;
    const { operate } = runtime;
    const stack = await TestStack.create({ settings, env, operate });
    const life = new Life(language, service, stack, revision, runtime);
    await life.configure({
      ...{ endpoint: service.endpoint, ...revision, key: "a.csv" },
      ...{ apiDataSetId: api.dataSetId, apiRevisionId: api.revisionId },
      ...{ irelandDataSetId: abroad.dataSetId, irelandRevisionId: abroad.revisionId },
    });
    return life;
  }

  get workspace(): Workspace {
    return this.stack.stack.workspace;
  }

  /** Changes values of the stack's config. Writing the file is faster than starting the CLI. */
  async configure(changed: Settings): Promise<void> {
    this.settings = { ...this.settings, ...changed };
    const file = join(this.workspace.workDir, "Pulumi.test.yaml");
    const content = parse(await readFile(file, "utf8")) as object;
    const config = Object.fromEntries(
      Object.entries(this.settings)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [`life:${key}`, value]),
    );
    await writeFile(file, stringify({ ...content, config }));
  }

  setImports(ids: Ids | undefined): Promise<void> {
    return this.language.setImports?.(this, ids) ?? this.configure({ imports: ids });
  }

  /**
   * Remembers what was written, to search it for secrets. Debug messages are left out, because Pulumi's SDK of Java puts its
   * requests into them. The CLI shows them with `--debug` only.
   */
  async record({ stdout, stderr, events }: EngineRun): Promise<void> {
    const shown = events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug");
    this.written += stdout + stderr + JSON.stringify(shown) + (await this.stack.readState());
  }

  /** The ids of the jobs in state. */
  async jobIds(): Promise<Ids> {
    const jobs = await this.stack.jobs();
    return Object.fromEntries(jobs.map(({ urn, id }) => [urn.split("::").at(-1)!, id]));
  }

  async stop(): Promise<void> {
    await this.runtime.stop?.();
    await this.stack.remove();
    await this.service.stop();
  }
}

/** What the provider adds to Pulumi's host process: time until its first answer, and memory. */
import type { Benchmark } from "../benchmark";
import { atMost, measureInPairs, formatJobs, formatMegabytes, formatMs } from "../benchmark";
import { memory } from "../processes";
import { datashareImport, emptyProviderCode } from "../contest/programs";
import { ServiceProcess, instantOptions, unlimitedConfig as config } from "../service-process";
import { providerCode } from "../../../provider/state-contract";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ServiceError } from "@grpc/grpc-js";
import { Server, ServerCredentials, credentials } from "@grpc/grpc-js";
import type { IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { region } from "../../harness/service";

const place = { dataSetId: "a".repeat(32), revisionId: "b".repeat(32) };

const jobInputs = (index: number, at = place) => ({
  ...datashareImport(index, at),
  region,
  __urn: `urn:pulumi:bench::bench::job-${index}`,
  __provider: providerCode,
});

export const hostStart = (pairs: number): Benchmark => ({
  name: "start",
  what: "from the host's start to its first check",
  against: "an empty dynamic provider",
  measure: async (say) => {
    const empty = { __provider: await emptyProviderCode() };
    const start = (inputs: typeof empty) => {
      const began = performance.now();
      return HostProcess.with({}, async (host) => {
        await host.check(inputs);
        return performance.now() - began;
      });
    };
    await start(jobInputs(0));
    await start(empty);
    const runs = { ours: () => start(jobInputs(0)), theirs: () => start(empty) };
    const { ours, theirs, ratio, spread } = await measureInPairs(pairs, runs, say);
    return [{ of: "", ours: formatMs(ours), theirs: formatMs(theirs), ratio, spread, ...atMost(1.2, ratio) }];
  },
});

/** At most so many are being made at once. */
const width = 64;

export const hostMemory = (count: number, pairs: number): Benchmark => ({
  name: "memory",
  what: `memory of the host after it has made ${formatJobs(count)}`,
  against: "as many empty dynamic resources",
  measure: (say) =>
    ServiceProcess.with(instantOptions, async (service) => {
      const empty = { __provider: await emptyProviderCode() };
      const runs = {
        ours: async () => {
          const at = await service.createEmptyRevision("REDSHIFT_DATA_SHARE");
          return HostProcess.with({ env: service.env, config }, (host) =>
            memoryAfterCreating(host, count, (index) => jobInputs(index, at)),
          );
        },
        theirs: () =>
          HostProcess.with({ env: service.env }, (host) => memoryAfterCreating(host, count, () => empty)),
      };
      const { ours, theirs, ratio, spread } = await measureInPairs(pairs, runs, say);
      const values = { ours: formatMegabytes(ours), theirs: formatMegabytes(theirs), ratio, spread };
      return [{ of: "", ...values, ...atMost(1.3, ratio) }];
    }),
});

async function memoryAfterCreating(
  host: HostProcess,
  count: number,
  inputsOf: (index: number) => Parameters<HostProcess["create"]>[0],
): Promise<number> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const inputs = inputsOf(next++);
      await host.check(inputs);
      await host.create(inputs);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return memory(host.pid);
}

/** Pulumi's host process for dynamic providers, asked as the engine asks it. */

type Props = Readonly<Record<string, JavaScriptValue>>;

/** Where the SDK keeps the program of the host. */
const main = "@pulumi/pulumi/cmd/dynamic-provider/index.js";

export interface HostOptions {
  env?: Readonly<Record<string, string>>;
  config?: Readonly<Record<string, string>>;
}

export class HostProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
  ) {}

  /**
   * Lends a host with an engine that takes its messages. It has a folder of records of its own: no state comes to name
   * these jobs, so that their records would stay, and every later host would look through them.
   */
  static async with<T>(
    { env = {}, config = {} }: HostOptions,
    use: (host: HostProcess) => Promise<T>,
  ): Promise<T> {
    const engine = await startEngine();
    const records = await mkdtemp(join(tmpdir(), "bench-records-"));
    const child = spawn(process.execPath, ["--no-warnings", require.resolve(main), engine.address], {
      env: { ...process.env, PULUMI_DATAEXCHANGE_RECORDS: records, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface(child.stdout);
    const [port] = (await once(lines, "line")) as [string];
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const host = new HostProcess(child, client);
    try {
      await host.configure(config);
      return await use(host);
    } finally {
      client.close();
      await host.end();
      engine.server.forceShutdown();
      await rm(records, { recursive: true, force: true });
    }
  }

  get pid(): number {
    return this.child.pid!;
  }

  async check(inputs: Props): Promise<void> {
    const request = new proto.CheckRequest();
    request.setOlds(Struct.fromJavaScript({}));
    request.setNews(Struct.fromJavaScript(inputs));
    const response = await callUnary<proto.CheckResponse>((done) => this.client.check(request, done));
    const [failure] = response.getFailuresList();
    if (failure) throw new Error(`${failure.getProperty()} ${failure.getReason()}`);
  }

  /** Resolves to the id. */
  async create(inputs: Props): Promise<string> {
    const request = new proto.CreateRequest();
    request.setProperties(Struct.fromJavaScript(inputs));
    const response = await callUnary<proto.CreateResponse>((done) => this.client.create(request, done));
    return response.getId();
  }

  private async configure(config: Props): Promise<void> {
    const request = new proto.ConfigureRequest();
    request.setArgs(Struct.fromJavaScript(config));
    await callUnary<proto.ConfigureResponse>((done) => this.client.configure(request, done));
  }

  private async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGINT");
    await ended;
  }
}

const callUnary = <T>(
  send: (done: (error: ServiceError | null, response: T) => void) => unknown,
): Promise<T> =>
  new Promise((resolve, reject) => send((error, response) => (error ? reject(error) : resolve(response))));

/** As much of an engine as providers speak to: it takes their messages. */
async function startEngine(): Promise<{ server: Server; address: string }> {
  const server = new Server();
  const log: IEngineServer["log"] = (_call, done) => done(null, new Empty());
  server.addService(EngineService, { log });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { server, address: `127.0.0.1:${port}` };
}

/** A client of Pulumi's host process for dynamic providers, in the engine's protocol. */
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
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { environment } from "./secrets";

export type Props = Record<string, unknown>;

/** The resource was created and then failed; the engine keeps it in state. */
export class InitFailedError extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Props,
  ) {
    super(message);
  }
}

type Send<T> = (request: object, done: (error: ServiceError | null, response: T) => void) => void;

export class Host implements AsyncDisposable {
  /** Output of the process. */
  output = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly engine: FakeEngine,
    private readonly client: ResourceProviderClient,
  ) {}

  /**
   * `records` is the folder of the process's records. `env` adds to the seeded AWS settings, which are its only ones;
   * `config` is the stack's config. `isLazy`: whether the process preloads `lazy-host-modules`; not in benchmarks.
   */
  static async start(
    records: string,
    env: Readonly<Record<string, string>> = {},
    config: Props = {},
    isLazy = true,
  ): Promise<Host> {
    const engine = await startFakeEngine();
    const main = require.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js");
    const preload = isLazy ? ["--require", require.resolve("./lazy-host-modules")] : [];
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
    const child = spawn(process.execPath, ["--no-warnings", ...preload, main, engine.address], {
      env: { ...Object.fromEntries(inherited), ...environment, [recordsVariable]: records, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines = createInterface(child.stdout);
    const [port] = (await once(lines, "line")) as [string];
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const host = new Host(child, engine, client);
    lines.on("line", (line) => (host.output += `${line}\n`));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (host.output += text));
    const request = new proto.ConfigureRequest();
    request.setArgs(struct(config));
    await host.call("configure", request);
    return host;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Messages of the provider to the engine. */
  get messages(): readonly string[] {
    return this.engine.messages;
  }

  async check(olds: Props, news: Props): Promise<{ inputs: Props; failures: string[] }> {
    const request = withFields(new proto.CheckRequest(), { olds, news });
    const response = await this.call<proto.CheckResponse>("check", request);
    const failures = response.getFailuresList().map((each) => `${each.getProperty()}: ${each.getReason()}`);
    return { inputs: props(response.getInputs()), failures };
  }

  async diff(id: string, olds: Props, news: Props): Promise<{ changes: boolean; replaces: string[] }> {
    const request = withFields(new proto.DiffRequest(), { id, olds, news });
    const response = await this.call<proto.DiffResponse>("diff", request);
    const changes = response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME;
    return { changes, replaces: response.getReplacesList() };
  }

  async create(properties: Props): Promise<{ id: string; properties: Props }> {
    const request = withFields(new proto.CreateRequest(), { properties });
    const response = await this.call<proto.CreateResponse>("create", request);
    return { id: response.getId(), properties: props(response.getProperties()) };
  }

  async update(id: string, olds: Props, news: Props): Promise<Props> {
    const request = withFields(new proto.UpdateRequest(), { id, olds, news });
    return props((await this.call<proto.UpdateResponse>("update", request)).getProperties());
  }

  /** Undefined if the resource does not exist. */
  async read(id: string, properties: Props): Promise<Props | undefined> {
    const request = withFields(new proto.ReadRequest(), { id, properties });
    const response = await this.call<proto.ReadResponse>("read", request);
    return response.getId() === "" ? undefined : props(response.getProperties());
  }

  async delete(id: string, properties: Props): Promise<void> {
    await this.call("delete", withFields(new proto.DeleteRequest(), { id, properties }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    const ended = once(this.child, "exit");
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGKILL");
      await ended;
    }
    this.engine.stop();
  }

  private async call<T>(
    method: "configure" | "check" | "diff" | "create" | "update" | "read" | "delete",
    request: object,
  ): Promise<T> {
    const send = this.client[method].bind(this.client) as unknown as Send<T>;
    return new Promise<T>((resolve, reject) =>
      send(request, (error, response) => (error ? reject(initFailure(error) ?? error) : resolve(response))),
    );
  }
}

interface Setters {
  setId?(id: string): unknown;
  setOlds?(olds: Struct): unknown;
  setNews?(news: Struct): unknown;
  setProperties?(properties: Struct): unknown;
}

function withFields<Request extends Setters>(
  request: Request,
  { id, olds, news, properties }: { id?: string; olds?: Props; news?: Props; properties?: Props },
): Request {
  if (id !== undefined) request.setId!(id);
  if (olds) request.setOlds!(struct(olds));
  if (news) request.setNews!(struct(news));
  if (properties) request.setProperties!(struct(properties));
  return request;
}

const struct = (values: Props): Struct => Struct.fromJavaScript(values as Record<string, JavaScriptValue>);

const props = (values: Struct | undefined): Props => values?.toJavaScript() ?? {};

/** The engine finds the state of a resource that failed in the details of the error. */
function initFailure({ details, metadata }: ServiceError): InitFailedError | undefined {
  const [packed] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(packed instanceof Buffer)) return undefined;
  const [detail] = Status.deserializeBinary(packed).getDetailsList();
  const failed = proto.ErrorResourceInitFailed.deserializeBinary(detail!.getValue_asU8());
  return new InitFailedError(details, failed.getId(), props(failed.getProperties()));
}

interface FakeEngine {
  readonly address: string;
  /** Oldest first. */
  readonly messages: readonly string[];
  stop(): void;
}

async function startFakeEngine(): Promise<FakeEngine> {
  const messages: string[] = [];
  const server = new Server();
  const log: IEngineServer["log"] = ({ request }, done) => {
    messages.push(request.getMessage());
    done(null, new Empty());
  };
  server.addService(EngineService, { log });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, messages, stop: () => server.forceShutdown() };
}

export const recordsVariable = "PULUMI_DATAEXCHANGE_RECORDS";

export async function createRecordsFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "prove-records-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

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

type Done<T> = (error: ServiceError | null, response: T) => void;

export class Host {
  /** Output of the process. */
  output = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly engine: FakeEngine,
    private readonly client: ResourceProviderClient,
  ) {}

  /** `env` holds all AWS settings of the process, `config` the stack's config. */
  static async start(env: Readonly<Record<string, string>>, config: Props = {}): Promise<Host> {
    const engine = await FakeEngine.start();
    const main = require.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js");
    const child = spawn(process.execPath, ["--no-warnings", main, engine.address], {
      env: { ...withoutAws(process.env), ...env },
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
    await call((done: Done<proto.ConfigureResponse>) => client.configure(request, done));
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
    const request = new proto.CheckRequest();
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const response = await call((done: Done<proto.CheckResponse>) => this.client.check(request, done));
    const failures = response
      .getFailuresList()
      .map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    return { inputs: props(response.getInputs()), failures };
  }

  async diff(id: string, olds: Props, news: Props): Promise<{ changes: boolean; replaces: string[] }> {
    const request = new proto.DiffRequest();
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const response = await call((done: Done<proto.DiffResponse>) => this.client.diff(request, done));
    const changes = response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME;
    return { changes, replaces: response.getReplacesList() };
  }

  async create(inputs: Props): Promise<{ id: string; properties: Props }> {
    const request = new proto.CreateRequest();
    request.setProperties(struct(inputs));
    const response = await call((done: Done<proto.CreateResponse>) => this.client.create(request, done));
    return { id: response.getId(), properties: props(response.getProperties()) };
  }

  async update(id: string, olds: Props, news: Props): Promise<Props> {
    const request = new proto.UpdateRequest();
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const response = await call((done: Done<proto.UpdateResponse>) => this.client.update(request, done));
    return props(response.getProperties());
  }

  /** Undefined if the resource does not exist. */
  async read(id: string, olds: Props): Promise<Props | undefined> {
    const request = new proto.ReadRequest();
    request.setId(id);
    request.setProperties(struct(olds));
    const response = await call((done: Done<proto.ReadResponse>) => this.client.read(request, done));
    return response.getId() === "" ? undefined : props(response.getProperties());
  }

  async delete(id: string, olds: Props): Promise<void> {
    const request = new proto.DeleteRequest();
    request.setId(id);
    request.setProperties(struct(olds));
    await call((done: Done<unknown>) => this.client.delete(request, done));
  }

  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.child, "exit");
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGKILL");
      await ended;
    }
    this.engine.stop();
  }
}

const withoutAws = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("AWS_")));

const struct = (values: Props): Struct => Struct.fromJavaScript(values as Record<string, JavaScriptValue>);

const props = (values: Struct | undefined): Props => values?.toJavaScript() ?? {};

async function call<T>(send: (done: Done<T>) => unknown): Promise<T> {
  try {
    return await new Promise<T>((resolve, reject) =>
      send((error, response) => (error ? reject(error) : resolve(response))),
    );
  } catch (error) {
    throw initFailure(error as ServiceError) ?? error;
  }
}

/** The engine finds the state of a resource that failed in the details of the error. */
function initFailure({ details, metadata }: ServiceError): InitFailedError | undefined {
  const [packed] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(packed instanceof Buffer)) return undefined;
  const [detail] = Status.deserializeBinary(packed).getDetailsList();
  const failed = proto.ErrorResourceInitFailed.deserializeBinary(detail!.getValue_asU8());
  return new InitFailedError(details, failed.getId(), props(failed.getProperties()));
}

class FakeEngine {
  /** Oldest first. */
  readonly messages: string[] = [];
  private readonly server = new Server();

  private constructor() {
    const log: IEngineServer["log"] = ({ request }, done) => {
      this.messages.push(request.getMessage());
      done(null, new Empty());
    };
    this.server.addService(EngineService, { log });
  }

  static async start(): Promise<FakeEngine & { readonly address: string }> {
    const taker = new FakeEngine();
    const port = await new Promise<number>((resolve, reject) =>
      taker.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return Object.assign(taker, { address: `127.0.0.1:${port}` });
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

export const recordsVariable = "PULUMI_DATAEXCHANGE_RECORDS";

export async function withRecordsFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "prove-records-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

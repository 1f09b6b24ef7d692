/** A client, in the engine's protocol, of Pulumi's host process for dynamic providers or of the process of the plugin. */
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

import { secretSignature, signatureKey } from "../../lib/pulumi-values";
import { pluginToken } from "../../provider/resources/state-contract";
import type { HostName } from "./host-differences";
import { environment } from "./secrets";

export type Props = Record<string, unknown>;

/** A resource as the engine stores it. */
export interface StoredResource {
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
}

/** A type of resource by the token and the code of its dynamic provider. */
interface ResourceType {
  readonly token: string;
  readonly code: string;
}

/** A resource as a program declares it. */
export function declareResource(
  kind: HostName,
  { token, code }: ResourceType,
  name: string,
  props: Props,
): { urn: string; inputs: Props } {
  const urn = `urn:pulumi:prove::prove::${kind === "plugin" ? pluginToken(token) : token}::${name}`;
  return { urn, inputs: kind === "plugin" ? props : { ...props, __provider: code, __urn: urn } };
}

/** Values without the marks of secrets, which only the plugin uses. */
export function withoutMarks<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutMarks) as T;
  if (typeof value !== "object" || value === null) return value;
  const object = value as Props;
  if (object[signatureKey] === secretSignature) return withoutMarks(object.value) as T;
  return Object.fromEntries(
    Object.entries(object).map(([name, member]) => [name, withoutMarks(member)]),
  ) as T;
}

const commandOf = (kind: HostName, isLazy: boolean): string[] => {
  if (kind === "plugin") return [join(process.cwd(), "plugin", "pulumi-resource-dataexchange")];
  const preload = isLazy ? ["--require", require.resolve("./lazy-host-modules")] : [];
  const main = require.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js");
  return [process.execPath, "--no-warnings", ...preload, main];
};

export interface HostOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Props;
  readonly kind?: HostName;
  readonly isLazy?: boolean;
}

/** The resource was created and then failed; the engine keeps it in state. */
export class InitFailedError extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Props,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

type Send<T> = (request: object, done: (error: ServiceError | null, response: T) => void) => void;

export class Host implements AsyncDisposable {
  /** Output of the process. */
  output = "";

  private constructor(
    readonly kind: HostName,
    private readonly child: ChildProcess,
    private readonly engine: FakeEngine,
    private readonly client: ResourceProviderClient,
  ) {}

  /**
   * `records` is the folder of the process's records. `env` adds to the seeded AWS settings, which are its only ones;
   * `config` is the stack's config, of which a plugin receives only that of its own package. `isLazy`: whether a host for
   * dynamic providers preloads `lazy-host-modules`; not in benchmarks.
   */
  static async start(
    records: string,
    { env = {}, config = {}, kind = "dynamic", isLazy = true }: HostOptions = {},
  ): Promise<Host> {
    const engine = await startFakeEngine();
    const [command, ...args] = commandOf(kind, isLazy);
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
    const child = spawn(command!, [...args, engine.address], {
      env: { ...Object.fromEntries(inherited), ...environment, [recordsVariable]: records, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines = createInterface(child.stdout);
    const [port] = (await once(lines, "line")) as [string];
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const host = new Host(kind, child, engine, client);
    lines.on("line", (line) => (host.output += `${line}\n`));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (host.output += text));
    if (kind === "plugin") {
      const greeting = new proto.ProviderHandshakeRequest().setEngineAddress(engine.address);
      await host.call("handshake", greeting);
    }
    const own = Object.entries(config).map(([key, value]) => [key.replace("dataexchange:", ""), value]);
    const request = new proto.ConfigureRequest();
    request.setArgs(struct(kind === "plugin" ? (Object.fromEntries(own) as Props) : config));
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

  async check(urn: string, olds: Props, news: Props): Promise<{ inputs: Props; failures: string[] }> {
    const request = withFields(new proto.CheckRequest(), urn, { olds, news });
    const response = await this.call<proto.CheckResponse>("check", request);
    const failures = response.getFailuresList().map((each) => `${each.getProperty()}: ${each.getReason()}`);
    return { inputs: props(response.getInputs()), failures };
  }

  async diff(
    urn: string,
    stored: StoredResource,
    news: Props,
  ): Promise<{ changes: boolean; replaces: string[] }> {
    const request = withFields(new proto.DiffRequest(), urn, { ...withOlds(stored), news });
    const response = await this.call<proto.DiffResponse>("diff", request);
    const changes = response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME;
    return { changes, replaces: response.getReplacesList() };
  }

  async create(urn: string, properties: Props): Promise<{ id: string; properties: Props }> {
    const request = withFields(new proto.CreateRequest(), urn, { properties });
    const response = await this.call<proto.CreateResponse>("create", request);
    return { id: response.getId(), properties: props(response.getProperties()) };
  }

  async update(urn: string, stored: StoredResource, news: Props): Promise<Props> {
    const request = withFields(new proto.UpdateRequest(), urn, { ...withOlds(stored), news });
    return props((await this.call<proto.UpdateResponse>("update", request)).getProperties());
  }

  /** Undefined if the resource does not exist. */
  async read(urn: string, { id, inputs, outputs }: StoredResource): Promise<Props | undefined> {
    const request = withFields(new proto.ReadRequest(), urn, { id, inputs, properties: outputs });
    const response = await this.call<proto.ReadResponse>("read", request);
    return response.getId() === "" ? undefined : props(response.getProperties());
  }

  async delete(urn: string, { id, inputs, outputs }: StoredResource): Promise<void> {
    const request = withFields(new proto.DeleteRequest(), urn, {
      id,
      oldInputs: inputs,
      properties: outputs,
    });
    await this.call("delete", request);
  }

  /** What the engine calls at the end of each run, unless it is killed. */
  async cancel(): Promise<void> {
    await this.call("cancel", new Empty()).catch(() => undefined);
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
    method: "cancel" | "handshake" | "configure" | "check" | "diff" | "create" | "update" | "read" | "delete",
    request: object,
  ): Promise<T> {
    const send = this.client[method].bind(this.client) as unknown as Send<T>;
    return new Promise<T>((resolve, reject) =>
      send(request, (error, response) => (error ? reject(initFailure(error) ?? error) : resolve(response))),
    );
  }
}

const withOlds = ({ id, inputs, outputs }: StoredResource): Fields => ({
  id,
  olds: outputs,
  oldInputs: inputs,
});

type Values = "olds" | "news" | "properties" | "inputs" | "oldInputs";
type Fields = { readonly id?: string } & { readonly [name in Values]?: Props };

/** Sets the fields of a request. */
function withFields<Request extends object>(request: Request, urn: string, fields: Fields): Request {
  const setters = request as Record<string, ((value: unknown) => unknown) | undefined>;
  const all = {
    urn,
    ...Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === "string" ? value : struct(value),
      ]),
    ),
  };
  for (const [name, value] of Object.entries(all))
    setters[`set${name.charAt(0).toUpperCase()}${name.slice(1)}`]!.call(request, value);
  return request;
}

const struct = (values: Props): Struct => Struct.fromJavaScript(values as Record<string, JavaScriptValue>);

const props = (values: Struct | undefined): Props => values?.toJavaScript() ?? {};

/** The engine finds the state of a resource that failed in the details of the error. */
export function initFailure({ details, metadata }: ServiceError): InitFailedError | undefined {
  const [packed] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(packed instanceof Buffer)) return undefined;
  const [detail] = Status.deserializeBinary(packed).getDetailsList();
  const failed = proto.ErrorResourceInitFailed.deserializeBinary(detail!.getValue_asU8());
  return new InitFailedError(details, failed.getId(), props(failed.getProperties()), failed.getReasonsList());
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

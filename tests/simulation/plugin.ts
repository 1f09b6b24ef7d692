/** The plugin as the engine uses it: over gRPC, in this process, at a simulated service. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { credentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { assetSignature, signatureKey } from "../../lib/pulumi-values";
import { openSession } from "../../provider/core/session";
import { Engine } from "../../provider/engine/engine-client";
import { FileJobRecords } from "../../provider/host/job-records";
import { protocol } from "../../provider/plugin/protocol";
import { PluginHost, Run } from "../../provider/plugin/run";
import { serve } from "../../provider/plugin/server";
import { initFailure } from "../harness/host";
import { Simulator } from "./simulator";

export type Props = Readonly<Record<string, unknown>>;

class SimulatedHost extends PluginHost {
  override readonly records: FileJobRecords;

  constructor(engine: Engine, service: Simulator, folder: string) {
    super(engine);
    this.records = new FileJobRecords(folder);
    const session = openSession(service, service.clock, {}, "simulated");
    this.sessions.of = () => Promise.resolve(session);
    this.sessions.scope = () => Promise.resolve("simulated");
    this.bodies.put = ({ text = "" }, url, _md5, onProgress, signal) => {
      onProgress(text.length);
      return service.put(url, text, signal);
    };
  }
}

const struct = (value: Props = {}): Struct =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Record<string, JavaScriptValue>);
const props = (value: Struct | undefined): Props => value?.toJavaScript() ?? {};

/** A failed call. */
export class CallError extends Error {
  /** What the engine stores although the operation has failed. */
  readonly kept?: { id: string; state: Props; reasons: readonly string[] };

  constructor(
    readonly failure: ServiceError,
    readonly status = failure.code,
  ) {
    super(failure.details);
    const failed = initFailure(failure);
    if (failed) this.kept = { id: failed.id, state: failed.properties, reasons: failed.reasons };
  }
}

export interface DiffAnswer {
  changes: boolean;
  replaces: string[];
  /** The kinds of the changes by path; an asterisk marks a change of an output. */
  details: Record<string, string>;
}

export class TestPlugin implements AsyncDisposable {
  private constructor(
    readonly service: Simulator,
    /** The runs that the plugin has begun. */
    readonly runs: readonly Run[],
    private readonly client: ResourceProviderClient,
    private readonly end: () => void,
  ) {}

  static async start(service = new Simulator()): Promise<TestPlugin> {
    const runs: Run[] = [];
    // Ids of jobs are the same in each simulated service.
    const folder = join(process.env.PULUMI_DATAEXCHANGE_RECORDS!, randomUUID());
    const readSchema = () => readFile("schema.json", "utf8");
    const open = (address: string | undefined): Run => {
      // Messages go nowhere.
      const run = new Run(new Engine(address), new SimulatedHost(new Engine(undefined), service, folder));
      runs.push(run);
      return run;
    };
    const { port, stop } = await serve(protocol({ version: "1.2.3", readSchema, open }));
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const plugin = new TestPlugin(service, runs, client, stop);
    await plugin.begin("127.0.0.1:1");
    return plugin;
  }

  /** The engine at the address begins a run. */
  async begin(
    engine: string,
    settings: Props = { region: "us-east-1" },
  ): Promise<proto.ProviderHandshakeResponse> {
    const request = new proto.ProviderHandshakeRequest().setEngineAddress(engine);
    const answer = await this.call<proto.ProviderHandshakeResponse>("handshake", request);
    await this.configure(settings);
    return answer;
  }

  configure(settings: Props): Promise<proto.ConfigureResponse> {
    return this.call("configure", new proto.ConfigureRequest().setArgs(struct(settings)));
  }

  cancel(): Promise<Empty> {
    return this.call("cancel", new Empty());
  }

  async check(urn: string, news: Props, olds?: Props, method: "check" | "checkConfig" = "check") {
    const request = new proto.CheckRequest().setUrn(urn).setNews(struct(news)).setOlds(struct(olds));
    const answer = await this.call<proto.CheckResponse>(method, request);
    const failures = answer.getFailuresList();
    return {
      inputs: props(answer.getInputs()),
      failures: failures.map((failure) => failure.getReason()),
      properties: failures.map((failure) => failure.getProperty()),
    };
  }

  async diff(
    urn: string,
    stored: StoredResource,
    news: Props,
    method: "diff" | "diffConfig" = "diff",
  ): Promise<DiffAnswer> {
    const request = new proto.DiffRequest().setUrn(urn).setId(stored.id).setNews(struct(news));
    request.setOlds(struct(withoutText(stored.state))).setOldInputs(struct(withoutText(stored.inputs)));
    const answer = await this.call<proto.DiffResponse>(method, request.setNews(struct(withoutText(news))));
    const details = answer.getDetaileddiffMap().toArray() as unknown as [string, unknown][];
    const kinds = Object.entries(proto.PropertyDiff.Kind);
    return {
      changes: answer.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: answer.getReplacesList(),
      details: Object.fromEntries(
        details.map(([path]) => {
          const difference = answer.getDetaileddiffMap().get(path)!;
          const kind = kinds.find(([, value]) => (value as number) === (difference.getKind() as number))![0];
          return [path, difference.getInputdiff() ? kind : `${kind}*`];
        }),
      ),
    };
  }

  async create(
    urn: string,
    inputs: Props,
    { timeout = 0, preview = false } = {},
  ): Promise<{ id: string; state: Props }> {
    const request = new proto.CreateRequest().setUrn(urn).setProperties(struct(inputs));
    const answer = await this.call<proto.CreateResponse>(
      "create",
      request.setTimeout(timeout).setPreview(preview),
    );
    return { id: answer.getId(), state: props(answer.getProperties()) };
  }

  async update(
    urn: string,
    { id, state, inputs }: StoredResource,
    news: Props,
    { timeout = 0, preview = false } = {},
  ): Promise<Props> {
    const request = new proto.UpdateRequest()
      .setUrn(urn)
      .setId(id)
      .setOlds(struct(state))
      .setNews(struct(news));
    request.setOldInputs(struct(inputs)).setTimeout(timeout).setPreview(preview);
    return props((await this.call<proto.UpdateResponse>("update", request)).getProperties());
  }

  /** Without a state, the resource is to be imported. Undefined if the resource does not exist. */
  async read(
    urn: string,
    { id, state, inputs }: Pick<StoredResource, "id"> & Partial<StoredResource>,
  ): Promise<StoredResource | undefined> {
    const request = new proto.ReadRequest().setUrn(urn).setId(id);
    request.setProperties(state && struct(state)).setInputs(inputs && struct(inputs));
    const answer = await this.call<proto.ReadResponse>("read", request);
    if (answer.getId() === "") return undefined;
    return { id: answer.getId(), state: props(answer.getProperties()), inputs: props(answer.getInputs()) };
  }

  delete(urn: string, { id, state, inputs }: StoredResource, { timeout = 0 } = {}): Promise<Empty> {
    const request = new proto.DeleteRequest().setUrn(urn).setId(id).setTimeout(timeout);
    return this.call("delete", request.setProperties(struct(state)).setOldInputs(struct(inputs)));
  }

  /** Calls a function of the package. */
  async invoke(name: string, args: Props) {
    const request = new proto.InvokeRequest().setTok(`dataexchange:index:${name}`).setArgs(struct(args));
    const answer = await this.call<proto.InvokeResponse>("invoke", request);
    return {
      result: props(answer.getReturn()),
      failures: answer
        .getFailuresList()
        .map((failure) => [failure.getProperty(), failure.getReason()] as const),
    };
  }

  /** Calls a method, and rejects with a `CallError` if it fails. */
  call<Response>(method: string, request: object): Promise<Response> {
    const methods = this.client as unknown as Record<string, (...args: unknown[]) => void>;
    return new Promise((resolve, reject) =>
      methods[method]!(request, (error: ServiceError | null, response: Response) =>
        error ? reject(new CallError(error)) : resolve(response),
      ),
    );
  }

  [Symbol.asyncDispose] = (): Promise<void> => {
    this.client.close();
    this.end();
    return Promise.resolve();
  };
}

export interface StoredResource {
  readonly id: string;
  readonly state: Props;
  readonly inputs: Props;
}

/** The engine sends only the hash of an asset to Diff. */
function withoutText(props: Props): Props {
  const text = JSON.stringify(props, (_, value: unknown) => {
    const asset = value as Props | null;
    if (asset?.[signatureKey] !== assetSignature) return value;
    return { [signatureKey]: assetSignature, hash: asset.hash };
  });
  return JSON.parse(text) as Props;
}

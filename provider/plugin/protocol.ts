/** The engine's protocol: each method reads its request, runs an operation and writes the response. */
import type { ServerUnaryCall, UntypedServiceImplementation, sendUnaryData } from "@grpc/grpc-js";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import { GetMappingResponse, GetMappingsResponse, GetSchemaResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import type { Stored } from "./resource";
import { ComponentServer } from "./component-server";
import { changedSettings, checkSettings, readSettings } from "./configuration";
import * as messages from "./messages";
import { readStruct } from "./messages";
import type { Run } from "./run";

export interface ProtocolOptions {
  readonly version: string;
  /** Returns the schema of the package as JSON. */
  readonly readSchema: () => Promise<string>;
  /** Begins a run of the engine at the address. */
  readonly open: (address: string | undefined) => Run;
  /** Address of the engine that has started this process. */
  readonly address?: string;
}

export function protocol({
  version,
  readSchema,
  open,
  address,
}: ProtocolOptions): UntypedServiceImplementation {
  let run = open(address);
  const components = new ComponentServer(version);

  /**
   * The engine calls Cancel at the end of every run. A process that it is attached to serves the next run as well, with nothing
   * of the last one. During a run, the engine may open a second connection, for example to read the schema.
   */
  const begin = (engine: string): void => {
    if (run.isStopped || run.engine.address !== engine) run = open(engine);
  };
  const track = <T>(operation: (run: Run) => Promise<T>): Promise<T> => run.track(() => operation(run));

  return {
    handshake: unary((request: proto.ProviderHandshakeRequest) => {
      begin(request.getEngineAddress());
      return messages.handshakeResponse();
    }),
    attach: unary((request: PluginAttach) => {
      begin(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(async () => new GetSchemaResponse().setSchema(await readSchema())),
    getMapping: unary(() => new GetMappingResponse()),
    getMappings: unary(() => new GetMappingsResponse()),
    cancel: unary(async () => {
      await run.cancel();
      return new Empty();
    }),

    checkConfig: unary((request: proto.CheckRequest) =>
      messages.checkResponse(checkSettings(request.getUrn(), readStruct(request.getNews()))),
    ),
    diffConfig: unary((request: proto.DiffRequest) => {
      const changed = changedSettings(readStruct(request.getOldInputs()), readStruct(request.getNews()));
      const change = { kind: "UPDATE", isInput: true, replaces: false } as const;
      const changes = changed.map((name) => ({ path: [name], ...change }));
      return messages.diffResponse({ replaces: [], hasChanged: changes.length > 0, changes });
    }),
    configure: unary((request: proto.ConfigureRequest) => {
      run.host.configure(readSettings(readStruct(request.getArgs())));
      if (request.getId()) run.reference = `${request.getUrn()}::${request.getId()}`;
      return messages.configureResponse();
    }),

    check: unary(async (request: proto.CheckRequest) => {
      const [olds, news] = [readStruct(request.getOlds()), readStruct(request.getNews())];
      return messages.checkResponse(
        await run.resourceOf(request.getUrn()).check(request.getUrn(), olds, news),
      );
    }),
    diff: unary(async (request: proto.DiffRequest) => {
      const resource = run.resourceOf(request.getUrn());
      const news = readStruct(request.getNews());
      return messages.diffResponse(
        await resource.diff(storedIn(request), news, run.operation(request.getUrn())),
      );
    }),
    create: unary(async (request: proto.CreateRequest) => {
      const resource = run.resourceOf(request.getUrn());
      const news = readStruct(request.getProperties());
      if (request.getPreview()) return messages.createResponse({ state: resource.preview(news) });
      const operation = run.operation(request.getUrn(), request.getTimeout());
      return messages.createResponse(await track(() => resource.create(news, operation)));
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const resource = run.resourceOf(request.getUrn());
      const [stored, news] = [storedIn(request), readStruct(request.getNews())];
      if (request.getPreview()) return messages.updateResponse(resource.preview(news, stored.state));
      const operation = run.operation(request.getUrn(), request.getTimeout());
      return messages.updateResponse(await track(() => resource.update(stored, news, operation)));
    }),
    read: unaryOfAnyCommand(async (request: proto.ReadRequest) => {
      const resource = run.resourceOf(request.getUrn());
      const [state, inputs] = [readStruct(request.getProperties()), readStruct(request.getInputs())];
      const stored = { id: request.getId(), state, inputs };
      const operation = run.operation(request.getUrn(), request.getTimeout());
      // For an import, the engine gives nothing but the id. For `Job.get` and a refresh, it gives inputs and state, if only empty ones.
      const isImport = !request.hasInputs() && !request.hasProperties();
      return messages.readResponse(
        stored.id,
        await track(() => resource.read(stored, operation, { isImport })),
      );
    }),
    delete: unaryOfAnyCommand(async (request: proto.DeleteRequest) => {
      const resource = run.resourceOf(request.getUrn());
      const [state, inputs] = [readStruct(request.getProperties()), readStruct(request.getOldInputs())];
      const operation = run.operation(request.getUrn(), request.getTimeout());
      await track(() => resource.delete({ id: request.getId(), state, inputs }, operation));
      return new Empty();
    }),

    invoke: unary(async (request: proto.InvokeRequest) => {
      const args = readStruct(request.getArgs());
      return messages.invokeResponse(await track((own) => own.call(request.getTok(), args)));
    }),
    call: refused("The resources of this plugin have no methods. [methods-unavailable]"),
    construct: unary(
      (request: proto.ConstructRequest) =>
        track(({ engine, host, reference, signal }) => {
          const provider = { config: host.config, reference };
          return components.construct(request, engine.address ?? "", provider, signal);
        }),
      messages.asForwarded,
    ),
  };
}

const storedIn = (request: proto.DiffRequest | proto.UpdateRequest): Stored => ({
  id: request.getId(),
  state: readStruct(request.getOlds()),
  inputs: readStruct(request.getOldInputs()),
});

type Handler<Request, Response> = (
  call: ServerUnaryCall<Request, Response>,
  done: sendUnaryData<Response>,
) => void;

function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
  toFailure = messages.toFailure,
): Handler<Request, Response> {
  return (call, done) => {
    const answered = (async () => answer(call.request))();
    answered.then(
      (response) => done(null, response),
      (error: Error) => done(toFailure(error)),
    );
  };
}

/** A method that is not always part of `pulumi up`, so its messages refer to `the command` instead. */
const unaryOfAnyCommand = <Request, Response>(answer: (request: Request) => Promise<Response>) =>
  unary(answer, (error) => {
    const { details = "", ...failure } = messages.toFailure(error);
    return { ...failure, details: details.replaceAll("`pulumi up`", "the command") };
  });

const refused =
  (text: string): Handler<unknown, never> =>
  (_, done) =>
    done(messages.unimplemented(text));

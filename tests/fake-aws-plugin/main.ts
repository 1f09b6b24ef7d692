/**
 * The process `pulumi-resource-aws`: serves the provider protocol to the engine and prints its port. A test may serve it in its
 * own process instead, to which one engine after another attaches.
 */
import type { ServerUnaryCall, UntypedServiceImplementation, sendUnaryData } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import { version } from "@pulumi/aws/package.json";
import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import {
  CheckFailure,
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  InvokeResponse,
  PropertyDiff,
  ReadResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

import { serve } from "../../provider/plugin/server";
import type { Difference } from "./resource-type";
import { FakeAwsProvider } from "./provider";
import { checkConfiguration } from "./region";
import type { Failure, Properties } from "./properties";
import { given, same } from "./properties";

let provider = new FakeAwsProvider();

/** The methods that the engine calls of a provider without components. gRPC rejects the others. */
const methods: UntypedServiceImplementation = {
  attach: unary(() => new Empty()),
  cancel: unary(() => new Empty()),
  getPluginInfo: unary(() => {
    const response = new PluginInfo();
    response.setVersion(version);
    return response;
  }),

  checkConfig: unary((request: proto.CheckRequest) => {
    const news = properties(request.getNews());
    return checked(news, checkConfiguration(news));
  }),
  diffConfig: unary((request: proto.DiffRequest) => {
    const response = new DiffResponse();
    const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
    const equal = same(properties(request.getOldInputs()), properties(request.getNews()));
    response.setChanges(equal ? DIFF_NONE : DIFF_SOME);
    return response;
  }),
  configure: unary((request: proto.ConfigureRequest) => {
    // Each engine that attaches configures the provider anew.
    provider = new FakeAwsProvider();
    provider.configure(properties(request.getArgs()));
    const response = new ConfigureResponse();
    response.setSupportspreview(true);
    return response;
  }),

  check: unary((request: proto.CheckRequest) => {
    const { inputs, failures } = provider.check({
      type: request.getType(),
      name: request.getName(),
      olds: properties(request.getOlds()),
      news: properties(request.getNews()),
      randomSeed: request.getRandomseed_asU8(),
    });
    return checked(inputs, failures);
  }),
  diff: unary((request: proto.DiffRequest) => {
    const [olds, news] = [properties(request.getOldInputs()), properties(request.getNews())];
    return diffed(provider.diff(request.getType(), olds, news, request.getIgnorechangesList()));
  }),
  create: unary(async (request: proto.CreateRequest) => {
    const inputs = properties(request.getProperties());
    const created = await provider.create(request.getType(), request.getUrn(), inputs, request.getPreview());
    const response = new CreateResponse();
    response.setId(created.id);
    response.setProperties(struct(created.state));
    return response;
  }),
  read: unary(async (request: proto.ReadRequest) => {
    const [state, inputs] = [properties(request.getProperties()), properties(request.getInputs())];
    const found = await provider.read(request.getType(), request.getId(), state, inputs);
    const response = new ReadResponse();
    // An empty id means that the object does not exist.
    if (!found) return response;
    response.setId(found.id);
    response.setProperties(struct(found.state));
    response.setInputs(struct(found.inputs));
    return response;
  }),
  update: unary(async (request: proto.UpdateRequest) => {
    const [state, inputs] = [properties(request.getOlds()), properties(request.getNews())];
    const response = new UpdateResponse();
    response.setProperties(
      struct(await provider.update(request.getType(), request.getId(), state, inputs, request.getPreview())),
    );
    return response;
  }),
  delete: unary(async (request: proto.DeleteRequest) => {
    await provider.delete(request.getType(), request.getId(), properties(request.getProperties()));
    return new Empty();
  }),
  invoke: unary(async (request: proto.InvokeRequest) => {
    const response = new InvokeResponse();
    response.setReturn(struct(await provider.invoke(request.getTok(), properties(request.getArgs()))));
    return response;
  }),
};

function unary<Request, Response>(answer: (request: Request) => Response | Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    const answered = (async () => answer(call.request))();
    answered.then(
      (response) => done(null, response),
      (error: Error) => done({ code: status.UNKNOWN, details: sentence(error) }),
    );
  };
}

const sentence = ({ name, message }: Error): string => (name === "Error" ? message : `${name}: ${message}`);

const properties = (value: Struct | undefined): Properties => given(value?.toJavaScript() ?? {});

const struct = (value: Properties): Struct =>
  Struct.fromJavaScript(given(value) as Record<string, JavaScriptValue>);

function checked(inputs: Properties, failures: readonly Failure[]): CheckResponse {
  const response = new CheckResponse();
  response.setInputs(struct(inputs));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

function diffed({ changes, deleteBeforeReplace }: Difference): DiffResponse {
  const response = new DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(changes.map(({ property }) => property));
  response.setReplacesList(changes.filter(({ replaces }) => replaces).map(({ property }) => property));
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const { property, kind, replaces } of changes) {
    const detail = new PropertyDiff();
    detail.setKind(PropertyDiff.Kind[replaces ? (`${kind}_REPLACE` as const) : kind]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(property, detail);
  }
  return response;
}

export const serveFakeAws = (): ReturnType<typeof serve> => serve(methods);

if (require.main === module) void serveFakeAws().then(({ port }) => console.log(port));

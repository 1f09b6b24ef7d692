/** Writes and reads the messages of the engine's protocol. */
import { Metadata, status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import {
  CheckFailure,
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  ErrorResourceInitFailed,
  InvokeResponse,
  PropertyDiff,
  ProviderHandshakeResponse,
  ReadResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { InitializationError } from "../host/resource";
import { formatPropertyPath } from "./changes";
import type { FunctionAnswer } from "./functions";
import type { PropertyChange, ResourceDiff, Stored } from "./resource";
import type { Props } from "./values";

export const readStruct = (value: Struct | undefined): Props => value?.toJavaScript() ?? {};

const toStruct = (value: Props): Struct =>
  Struct.fromJavaScript(value as Readonly<Record<string, JavaScriptValue>>);

export function handshakeResponse(): ProviderHandshakeResponse {
  const response = new ProviderHandshakeResponse();
  response.setAcceptSecrets(true);
  response.setAcceptResources(true);
  response.setAcceptOutputs(true);
  return response;
}

export function configureResponse(): ConfigureResponse {
  const response = new ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setAcceptresources(true);
  response.setAcceptoutputs(true);
  response.setSupportspreview(true);
  return response;
}

/** The engine prints the whole value of a named property, even of a secret, so a failure names none. */
export function checkResponse({ inputs, failures }: { inputs: Props; failures: string[] }): CheckResponse {
  const response = new CheckResponse();
  response.setInputs(toStruct(inputs));
  const each = failures.map((reason) => {
    const failure = new CheckFailure();
    failure.setReason(reason);
    return failure;
  });
  response.setFailuresList(each);
  return response;
}

export function diffResponse({ replaces, hasChanged, changes }: ResourceDiff): DiffResponse {
  const response = new DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  response.setChanges(hasChanged ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList([...replaces]);
  response.setDiffsList([...new Set(changes.map(({ path }) => String(path[0])))]);
  response.setHasdetaileddiff(changes.length > 0);
  for (const change of changes) {
    response.getDetaileddiffMap().set(formatPropertyPath(change.path), propertyDiff(change));
  }
  return response;
}

function propertyDiff({ kind, isInput, replaces }: PropertyChange): PropertyDiff {
  const difference = new PropertyDiff();
  difference.setKind(PropertyDiff.Kind[replaces ? (`${kind}_REPLACE` as const) : kind]);
  difference.setInputdiff(isInput);
  return difference;
}

export function createResponse({ id = "", state }: { id?: string; state: Props }): CreateResponse {
  const response = new CreateResponse();
  response.setId(id);
  response.setProperties(toStruct(state));
  return response;
}

export function updateResponse(state: Props): UpdateResponse {
  const response = new UpdateResponse();
  response.setProperties(toStruct(state));
  return response;
}

/** Without an id if the resource no longer exists. */
export function readResponse(id: string, found: Pick<Stored, "state" | "inputs"> | undefined): ReadResponse {
  const response = new ReadResponse();
  if (!found) return response;
  response.setId(id);
  response.setProperties(toStruct(found.state));
  response.setInputs(toStruct(found.inputs));
  return response;
}

/** The SDKs show the path of a failure after its reason. */
export function invokeResponse({ result, failures }: FunctionAnswer): InvokeResponse {
  const response = new InvokeResponse();
  response.setReturn(toStruct(result));
  const each = failures.map(({ path, reason }) => {
    const failure = new CheckFailure();
    failure.setProperty(path);
    failure.setReason(reason);
    return failure;
  });
  response.setFailuresList(each);
  return response;
}

export type Failure = Partial<ServiceError>;

export const unimplemented = (details: string): Failure => ({ code: status.UNIMPLEMENTED, details });

/** The failure of a call that was forwarded is returned as it is. */
export const asForwarded = (error: Error): Failure =>
  "metadata" in error ? (error as Failure) : toFailure(error);

/** A failure whose resource exists has the details that Go's gRPC reads, so that the engine stores the resource. */
export function toFailure(error: Error): Failure {
  const failure = { code: status.UNKNOWN, details: error.message };
  if (!(error instanceof InitializationError)) return failure;
  const failed = new ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(toStruct(error.state as Props));
  failed.setReasonsList([...error.reasons]);
  const details = new Any();
  details.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const answer = new Status();
  answer.setCode(failure.code);
  answer.setMessage(error.message);
  answer.addDetails(details);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
  return { ...failure, metadata };
}

/**
 * The local Data Exchange: the service and S3 on this machine, with real bytes and no AWS account.
 *
 * @module pulumi-dataexchange/emulator
 */
export { LocalDataExchange } from "./local-data-exchange";
export type { LocalDataExchangeOptions } from "./options";
export type { Clock } from "./control/clock";
export type { Duration } from "./control/duration";
export type { Fault, FaultRule } from "./control/faults";
export type { JobView } from "./jobs/job-view";
export type { RecordedRequest } from "./control/request-log";
export type { ChangeableSettings } from "./control/settings";
export type { Credential } from "./protocol/credentials";
export { readCredentials } from "./protocol/credentials";
export type { AccessEntry } from "./server/server";

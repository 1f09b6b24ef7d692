/**
 * The local Data Exchange: the service and S3 on this machine, with real bytes and no AWS account.
 *
 * @module pulumi-dataexchange/emulator
 */
export { LocalDataExchange } from "./local-data-exchange";
export type { LocalDataExchangeOptions } from "./options";
export type { Clock } from "./control/clock";
export type { Duration } from "./control/option-values";
export { OptionError } from "./control/option-values";

export type { Fault, FaultRule } from "./control/faults";
export type { JobSnapshot } from "./jobs/job-snapshot";
export type { RecordedRequest } from "./control/request-log";
export type { ChangeableSettings } from "./control/settings";
export type { Credential } from "./http/credentials";
export { readCredentials } from "./http/credentials";
export type { AccessEntry } from "./http/server";

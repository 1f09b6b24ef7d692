/** Everything that the stand-in knows. */
import type { Invocation, ResourceType, Service } from "../resource-type";
import { apigateway } from "./apigateway";
import { dataexchange } from "./dataexchange";
import { iam } from "./iam";
import { identity } from "./identity";
import { kms } from "./kms";
import { lakeformation } from "./lakeformation";
import { redshift } from "./redshift";
import { s3Bucket } from "./s3-bucket";
import { s3BucketSettings } from "./s3-bucket-settings";
import { s3Object } from "./s3-object";

const services: readonly Service[] = [
  ...[s3Bucket, s3BucketSettings, s3Object, dataexchange],
  ...[apigateway, iam, identity, kms, lakeformation, redshift],
];

export const resources: Readonly<Record<string, ResourceType>> = Object.assign(
  {},
  ...services.map((service) => service.resources),
) as Record<string, ResourceType>;

export const functions: Readonly<Record<string, Invocation>> = Object.assign(
  {},
  ...services.map((service) => service.functions),
) as Record<string, Invocation>;

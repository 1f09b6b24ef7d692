/** Some of the inputs sent to a local Data Exchange as real CreateJob requests over HTTP. */
import { createHash } from "node:crypto";

import type { JobInputs } from "../../../provider/core/arguments";
import { toRequest } from "../../../provider/core/job-context";
import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import { openDataExchange } from "../../../provider/aws/data-exchange";
import { jobTypeOf } from "../../../service-model/job-types";
import { decodeProperties } from "../../../provider/dynamic/property-values";
import type { RevisionIds, TestService } from "../../harness/service";
import { credentials, region } from "../../harness/service";
import type { Counter } from "../suite";
import type { Comparison } from "./check-vs-service";
import type { Json } from "./values";
import { withAt } from "./values";

/** Statuses of valid requests; the resources that they name may not exist. */
const valid = [201, 404];

export class ServiceSample {
  private seen = 0;
  private readonly bodies = new StreamedUploadBodies();
  private readonly port;
  private readonly revisions = new Map<string, RevisionIds>();

  constructor(
    private readonly service: TestService,
    private readonly interval: number,
    private readonly tally: Counter,
  ) {
    const { accessKeyId: accessKey, secretAccessKey: secretKey } = credentials;
    const { endpoint } = service.local;
    this.port = openDataExchange({ region, endpoint, accessKey, secretKey, assumeRoles: [] });
  }

  /** Sends one of `interval` inputs. */
  async take(inputs: Json, { accepted, text }: Comparison): Promise<void> {
    this.seen += 1;
    if (this.seen % this.interval !== 0) return;
    const status = await this.post(text);
    if (![...valid, 400].includes(status)) throw new Error(`CreateJob is answered with ${status}.`);
    this.tally.add(`CreateJob answered with ${status}`);
    if (!accepted) return;
    if (!valid.includes(status))
      throw new Error(`Accepted, and CreateJob is answered with ${status}: ${text}`);
    await this.create(inputs);
  }

  private async post(body: string): Promise<number> {
    const scope = `${credentials.accessKeyId}/20260101/${region}/dataexchange/aws4_request`;
    const { status } = await fetch(`${this.service.local.endpoint}/v1/jobs`, {
      method: "POST",
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
      body,
    });
    return status;
  }

  /** Creates the job with the provider's client and compares the received request. */
  private async create(inputs: Json): Promise<void> {
    const { type, detailsKey, createsAssets } = jobTypeOf(inputs.type as string);
    const revision = await this.revisionFor(type);
    const own = { ...(inputs.details as Record<string, Json>)[detailsKey], ...(createsAssets && revision) };
    const there = withAt(inputs, ["details", detailsKey], own) as Json;
    const request = await toRequest(hashed(decodeProperties(there) as unknown as JobInputs), this.bodies);
    this.service.local.clearRequests();
    const error = await this.port.createJob(request).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    // Exports name assets, of which there are none.
    if (createsAssets && error) throw error;
    const [{ input, status } = { status: "never sent" }] = this.service.local.requests;
    if (!valid.includes(status as number)) throw new Error(`The provider's CreateJob ended with ${status}.`);
    if (typeof input === "object" && sorted(input) !== sorted(masked(request)))
      throw new Error(`Sent ${sorted(masked(request))}, and ${sorted(input)} arrived.`);
    this.tally.add("CreateJob by the provider's own client");
  }

  private async revisionFor(type: string): Promise<RevisionIds> {
    const [assetType] = jobTypeOf(type).assetTypes;
    const revision = this.revisions.get(assetType!) ?? (await this.service.createEmptyRevision(assetType));
    this.revisions.set(assetType!, revision);
    return revision;
  }
}

const masked = (request: object): unknown =>
  JSON.parse(JSON.stringify(request, (name, held: unknown) => (name === "apiKey" ? "***" : held)));

/** As text, without members that are absent. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, held: unknown) =>
    typeof held === "object" && held !== null && !Array.isArray(held)
      ? Object.fromEntries(
          Object.entries(held)
            .filter(([, inner]) => inner !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : held,
  );

/** The engine computes the hash of an asset, so a changed text has another hash. */
function hashed(inputs: JobInputs): JobInputs {
  const { text } = inputs.upload ?? {};
  if (text === undefined) return inputs;
  return { ...inputs, upload: { text, hash: createHash("sha256").update(text).digest("hex") } };
}

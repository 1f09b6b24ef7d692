/** The local Data Exchange in a process of its own, so that its work is none of what is measured. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import {
  CreateDataSetCommand,
  CreateRevisionCommand,
  DataExchangeClient,
} from "@aws-sdk/client-dataexchange";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

import { credentials, region } from "../../tests/support/world";
import { cpuSeconds } from "./process-facts";

const cli = join(__dirname, "..", "..", "cli", "main.js");

/** Jobs of this type are made without moving a byte: the local service has no datashares, and checks their names. */
export const instantType = "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES" as const;

/** A service at which no duration, no quota and no limit is to be waited for. */
export const instant = [
  ...["--job-duration", "0", "--quota", `${instantType}=100000`],
  ...["--limit", "Amazon Redshift datashare assets per revision=100000"],
];

export interface Place {
  dataSetId: string;
  revisionId: string;
}

type AssetType = "S3_SNAPSHOT" | "REDSHIFT_DATA_SHARE";

export class Service {
  readonly dataExchange: DataExchangeClient;
  readonly s3: S3Client;

  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
  ) {
    const config = { region, endpoint, credentials };
    this.dataExchange = new DataExchangeClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
  }

  /** Lends a service that was started with options of the command `pulumi-dataexchange emulator`. */
  static async lend<T>(options: readonly string[], use: (service: Service) => Promise<T>): Promise<T> {
    const child = spawn(process.execPath, ["--no-warnings", cli, "emulator", "--quiet", ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let read = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      read += String(chunk);
      if (read.includes("\n")) break;
    }
    const service = new Service(child, read.trim().slice("ready ".length));
    try {
      return await use(service);
    } finally {
      await service.stop();
    }
  }

  /** What programs and providers need in their environment to reach it. */
  get env(): Record<string, string> {
    return {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL: this.endpoint,
    };
  }

  /** Seconds of processor time that the service has used. */
  get cpu(): number {
    return cpuSeconds(this.child.pid!);
  }

  /** A data set with one empty revision. */
  async place(AssetType: AssetType = "S3_SNAPSHOT"): Promise<Place> {
    const request = { AssetType, Name: "prices", Description: "daily prices" };
    const { Id: DataSetId } = await this.dataExchange.send(new CreateDataSetCommand(request));
    const { Id } = await this.dataExchange.send(new CreateRevisionCommand({ DataSetId }));
    return { dataSetId: DataSetId!, revisionId: Id! };
  }

  async bucket(Bucket: string, keys: readonly string[] = []): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket }));
    for (let from = 0; from < keys.length; from += 50) {
      const some = keys.slice(from, from + 50);
      await Promise.all(some.map((Key) => this.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))));
    }
  }

  /** How often each operation was asked for since `forgetCalls`, among the last 10,000 requests. */
  async calls(): Promise<Record<string, number>> {
    const answer = await fetch(`${this.endpoint}/_local/requests`);
    const counts: Record<string, number> = {};
    for (const { operation } of (await answer.json()) as { operation: string }[]) {
      counts[operation] = (counts[operation] ?? 0) + 1;
    }
    return counts;
  }

  async forgetCalls(): Promise<void> {
    await fetch(`${this.endpoint}/_local/requests`, { method: "DELETE" });
  }

  private async stop(): Promise<void> {
    this.dataExchange.destroy();
    this.s3.destroy();
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
  }
}

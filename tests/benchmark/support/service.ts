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

import { credentials, region } from "../../harness/world";
import { AccessLog } from "./access-log";
import { cpuSeconds } from "./process-facts";

const cli = join(__dirname, "..", "..", "..", "cli", "main.js");

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
  readonly #log: AccessLog;

  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
  ) {
    const config = { region, endpoint, credentials };
    this.dataExchange = new DataExchangeClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
    this.#log = new AccessLog(child.stderr!);
  }

  /** Lends a service that was started with options of the command `pulumi-dataexchange emulator`. */
  static async lend<T>(options: readonly string[], use: (service: Service) => Promise<T>): Promise<T> {
    const child = spawn(process.execPath, ["--no-warnings", cli, "emulator", ...options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
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
      process.removeListener("exit", end);
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

  async dataSet(AssetType: AssetType = "S3_SNAPSHOT"): Promise<string> {
    const request = { AssetType, Name: "prices", Description: "daily prices" };
    return (await this.dataExchange.send(new CreateDataSetCommand(request))).Id!;
  }

  async revision(DataSetId: string): Promise<string> {
    return (await this.dataExchange.send(new CreateRevisionCommand({ DataSetId }))).Id!;
  }

  /** A data set with one empty revision. */
  async place(assetType?: AssetType): Promise<Place> {
    const dataSetId = await this.dataSet(assetType);
    return { dataSetId, revisionId: await this.revision(dataSetId) };
  }

  async bucket(Bucket: string, keys: readonly string[] = []): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket }));
    for (let from = 0; from < keys.length; from += 50) {
      const some = keys.slice(from, from + 50);
      await Promise.all(some.map((Key) => this.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))));
    }
  }

  /** Changes how it behaves from now on, as the control path takes it. */
  async set(settings: object): Promise<void> {
    const body = JSON.stringify(settings);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.endpoint}/_local/settings`, { method: "PATCH", body, headers });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** How often each operation was asked for since `forgetCalls`; those of S3 are `S3 GET` and the like. */
  async calls(): Promise<Record<string, number>> {
    await this.#logged();
    return { ...this.#log.counts };
  }

  async forgetCalls(): Promise<void> {
    await this.#logged();
    this.#log.counts = {};
  }

  /** Everything that has been asked is in the log once a request that comes after it is. */
  async #logged(): Promise<void> {
    const path = `/_local/bench-${++this.#marks}`;
    const seen = this.#log.mark(path);
    await fetch(this.endpoint + path);
    await seen;
  }
  #marks = 0;

  private async stop(): Promise<void> {
    this.dataExchange.destroy();
    this.s3.destroy();
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
  }
}

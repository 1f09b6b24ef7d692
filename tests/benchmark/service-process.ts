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
import { credentials, region } from "../harness/service";
import { cpuSeconds } from "./processes";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** The local Data Exchange in a process of its own, so that its work is none of what is measured. */

const cli = join(__dirname, "..", "..", "cli", "main.js");

/** Jobs of this type are made without moving a byte: the local service has no datashares, and checks their names. */
export const instantType = "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES" as const;

/** A service at which no duration, no quota and no limit is to be waited for. */
export const instantOptions = [
  ...["--job-duration", "0", "--quota", `${instantType}=100000`],
  ...["--limit", "Amazon Redshift datashare assets per revision=100000"],
];

export interface RevisionRef {
  dataSetId: string;
  revisionId: string;
}

type AssetType = "S3_SNAPSHOT" | "REDSHIFT_DATA_SHARE";

export class ServiceProcess {
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
  static async with<T>(options: readonly string[], use: (service: ServiceProcess) => Promise<T>): Promise<T> {
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
    const service = new ServiceProcess(child, read.trim().slice("ready ".length));
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
  get cpuSeconds(): number {
    return cpuSeconds(this.child.pid!);
  }

  async createDataSet(AssetType: AssetType = "S3_SNAPSHOT"): Promise<string> {
    const request = { AssetType, Name: "prices", Description: "daily prices" };
    return (await this.dataExchange.send(new CreateDataSetCommand(request))).Id!;
  }

  async createRevision(DataSetId: string): Promise<string> {
    return (await this.dataExchange.send(new CreateRevisionCommand({ DataSetId }))).Id!;
  }

  /** A data set with one empty revision. */
  async createRevisionInNewDataSet(assetType?: AssetType): Promise<RevisionRef> {
    const dataSetId = await this.createDataSet(assetType);
    return { dataSetId, revisionId: await this.createRevision(dataSetId) };
  }

  async createBucket(Bucket: string, keys: readonly string[] = []): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket }));
    for (let from = 0; from < keys.length; from += 50) {
      const some = keys.slice(from, from + 50);
      await Promise.all(some.map((Key) => this.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))));
    }
  }

  /** Changes how it behaves from now on, as the control path takes it. */
  async changeSettings(settings: object): Promise<void> {
    const body = JSON.stringify(settings);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.endpoint}/_local/settings`, { method: "PATCH", body, headers });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** How often each operation was asked for since `forgetCalls`; those of S3 are `S3 GET` and the like. */
  async countCalls(): Promise<Record<string, number>> {
    await this.#logged();
    return { ...this.#log.counts };
  }

  async resetCalls(): Promise<void> {
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

/** Counts what a local service is asked, by its access log: every request of every client, and none of its own. */

/** A line such as `2026-11-28T00:50:43.961Z PUT /bucket/key 200 3 ms` or `… CreateJob 201 2 ms`. */
const line = /^\d{4}-\d\d-\d\dT\S+Z (.+) (?:\d+|reset) \d+ ms$/;

export class AccessLog {
  counts: Record<string, number> = {};
  readonly #marks = new Map<string, () => void>();

  constructor(stream: Readable) {
    createInterface(stream).on("line", (text) => {
      const operation = line.exec(text)?.[1];
      if (operation === undefined) process.stderr.write(`${text}\n`);
      else this.#count(operation);
    });
  }

  /** Resolves when a request for this path of the control has been logged. */
  mark(path: string): Promise<void> {
    return new Promise((resolve) => this.#marks.set(path, resolve));
  }

  #count(operation: string): void {
    const [method, path] = operation.split(" ");
    if (path?.startsWith("/_local/")) return this.#marks.get(path)?.();
    const name = path?.startsWith("/") ? `S3 ${method}` : operation;
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

/** Requests to Data Exchange, with the bodies at its signed URLs, and requests to S3. Others, such as to STS, are neither. */
export function callsOf(counts: Readonly<Record<string, number>>): { dataExchange: number; s3: number } {
  const sum = (of: (name: string) => boolean) =>
    Object.entries(counts).reduce((total, [name, count]) => total + (of(name) ? count : 0), 0);
  return { dataExchange: sum((name) => !name.startsWith("S3 ")), s3: sum((name) => name.startsWith("S3 ")) };
}

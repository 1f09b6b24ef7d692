import { createHash } from "node:crypto";

import {
  CreateDataSetCommand,
  CreateRevisionCommand,
  DataExchangeClient,
} from "@aws-sdk/client-dataexchange";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

import { LocalDataExchange } from "../../emulator";

export const region = "us-east-1";

/** The local service accepts any. */
export const credentials = { accessKeyId: "demo", secretAccessKey: "demo" };

/** Long enough to see a job in progress. */
const jobDuration = 1_500;

export interface StoredObject {
  key: string;
  size: number;
  sha256: string;
}

/** The local Data Exchange with S3, and clients for what the demo does without Pulumi. */
export class Service {
  private readonly dataExchange: DataExchangeClient;
  private readonly s3: S3Client;

  private constructor(readonly local: LocalDataExchange) {
    const config = { region, endpoint: local.endpoint, credentials };
    this.dataExchange = new DataExchangeClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
  }

  static async start(): Promise<Service> {
    return new Service(await LocalDataExchange.start({ jobDuration }));
  }

  async createBucket(bucket: string): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  }

  async put(bucket: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, body] of Object.entries(files)) {
      await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    }
  }

  async createRevision(): Promise<{ dataSetId: string; revisionId: string }> {
    const dataSet = await this.dataExchange.send(
      new CreateDataSetCommand({
        AssetType: "S3_SNAPSHOT",
        Name: "Prices",
        Description: "Daily closing prices of five instruments",
      }),
    );
    const revision = await this.dataExchange.send(new CreateRevisionCommand({ DataSetId: dataSet.Id }));
    return { dataSetId: dataSet.Id!, revisionId: revision.Id! };
  }

  /** The objects of a bucket; reads all their bytes. */
  async objects(bucket: string): Promise<StoredObject[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Promise.all(
      Contents.map(async ({ Key }) => {
        const object = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
        const bytes = await object.Body!.transformToByteArray();
        return { key: Key!, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
      }),
    );
  }

  async stop(): Promise<void> {
    this.dataExchange.destroy();
    this.s3.destroy();
    await this.local.stop();
  }
}

const instruments = [
  { symbol: "AMBR", name: "Amber Shipping", currency: "EUR", listed: 41.2 },
  { symbol: "BRCH", name: "Birch Paper", currency: "SEK", listed: 118.5 },
  { symbol: "CDLT", name: "Candlelight Energy", currency: "USD", listed: 64.75 },
  { symbol: "DUNE", name: "Dune Glass", currency: "USD", listed: 9.3 },
  { symbol: "ELMW", name: "Elmwood Foods", currency: "GBP", listed: 27.9 },
];

const tradingDays = 250;

/** Files of a publisher of market data, in the bucket from the beginning. The same bytes on every run. */
export const sampleFiles: Readonly<Record<string, string>> = {
  "2026/prices.csv": csv(["date", "symbol", "close", "volume"], prices()),
  "2026/instruments.json": `${JSON.stringify(instruments, null, 2)}\n`,
  "2026/dividends.csv": csv(["date", "symbol", "amount"], dividends()),
};

/** Files that are missing at first. */
export const lateFiles: Readonly<Record<string, string>> = {
  "2026/splits.csv": csv(["date", "symbol", "ratio"], [["2026-06-15", "CDLT", "3:1"]]),
};

function prices(): Row[] {
  return Array.from({ length: tradingDays }, (_, day) =>
    instruments.map(({ symbol, listed }, index): Row => {
      const drift = Math.sin(day / 40 + index) * 0.12 + Math.sin(day * 7.3 + index) * 0.015;
      return [
        dateOf(day),
        symbol,
        (listed * (1 + drift)).toFixed(2),
        1000 + ((day * 7919 + index * 104729) % 9000),
      ];
    }),
  ).flat();
}

function dividends(): Row[] {
  return instruments.map(({ symbol, listed }, index) => [
    dateOf(60 + index * 5),
    symbol,
    (listed * 0.02).toFixed(2),
  ]);
}

type Row = (string | number)[];

function csv(header: string[], rows: Row[]): string {
  return [header, ...rows].map((row) => `${row.join(",")}\n`).join("");
}

function dateOf(day: number): string {
  return new Date(Date.UTC(2026, 0, 2 + day)).toISOString().slice(0, 10);
}

/** The files of the demo, and the hashes of a bucket's objects. */
import { createHash } from "node:crypto";

import type { TestService } from "../harness/service";

const instruments = [
  { symbol: "AMBR", name: "Amber Shipping", currency: "EUR", listed: 41.2 },
  { symbol: "BRCH", name: "Birch Paper", currency: "SEK", listed: 118.5 },
  { symbol: "CDLT", name: "Candlelight Energy", currency: "USD", listed: 64.75 },
  { symbol: "DUNE", name: "Dune Glass", currency: "USD", listed: 9.3 },
  { symbol: "ELMW", name: "Elmwood Foods", currency: "GBP", listed: 27.9 },
];

/** Market data, which the bucket contains at the start. Every run has the same bytes. */
export const sampleFiles: Readonly<Record<string, string>> = {
  "2026/prices.csv": `date,symbol,close,volume\n${prices().join("")}`,
  "2026/instruments.json": `${JSON.stringify(instruments, null, 2)}\n`,
  "2026/dividends.csv": `date,symbol,amount\n${dividends().join("")}`,
};

/** Files that a later step uploads. */
export const lateFiles: Readonly<Record<string, string>> = {
  "2026/splits.csv": "date,symbol,ratio\n2026-06-15,CDLT,3:1\n",
};

/** A line for each instrument on each of 250 days. */
function prices(): string[] {
  const days = [...Array(250).keys()];
  return days.flatMap((day) =>
    instruments.map(({ symbol, listed }, index) => {
      const drift = Math.sin(day / 40 + index) * 0.12 + Math.sin(day * 7.3 + index) * 0.015;
      const volume = 1000 + ((day * 7919 + index * 104729) % 9000);
      return `${dateOf(day)},${symbol},${(listed * (1 + drift)).toFixed(2)},${volume}\n`;
    }),
  );
}

function dividends(): string[] {
  return instruments.map(
    ({ symbol, listed }, index) => `${dateOf(60 + index * 5)},${symbol},${(listed * 0.02).toFixed(2)}\n`,
  );
}

function dateOf(day: number): string {
  return new Date(Date.UTC(2026, 0, 2 + day)).toISOString().slice(0, 10);
}

export interface StoredObject {
  key: string;
  size: number;
  sha256: string;
}

export async function readObjects(service: TestService, bucket: string): Promise<StoredObject[]> {
  const objects = Object.entries(await service.readObjects(bucket));
  return objects.map(([key, content]) => ({
    key,
    size: Buffer.byteLength(content),
    sha256: createHash("sha256").update(content).digest("hex"),
  }));
}

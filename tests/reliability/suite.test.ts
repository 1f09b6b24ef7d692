import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";

import { Secrets } from "../harness/secrets";
import { runInWorkers } from "./suite";

describe("runInWorkers", () => {
  it("gives each worker one item at a time and keeps the order of the results", async () => {
    const busy = new Set<string>();
    const results = await runInWorkers(["a", "b"], [5, 1, 3, 2], async (worker, item) => {
      expect(busy.has(worker)).to.equal(false);
      busy.add(worker);
      await sleep(item);
      busy.delete(worker);
      return item * 10;
    });
    expect(results).to.deep.equal([50, 10, 30, 20]);
  });

  it("starts no item after a failure and throws it when the running items have ended", async () => {
    const done: number[] = [];
    const work = runInWorkers(["a", "b"], [1, 2, 3, 4], async (_, item) => {
      if (item === 1) throw new Error("broken");
      await sleep(20);
      done.push(item);
    });
    const message = await work.catch((error: Error) => error.message);
    expect(message).to.equal("broken");
    expect(done).to.deep.equal([2]);
  });
});

const value = 'seeded "key" / 0001';

describe("Secrets", () => {
  const forms: Record<string, string> = {
    "as it is": value,
    "in a URL": `https://x.test/?key=${encodeURIComponent(value)}&more`,
    "in JSON": JSON.stringify({ key: value }),
    "as base64": Buffer.from(value).toString("base64"),
    "as base64 after one byte": Buffer.from(`:${value}:`).toString("base64"),
    "as base64 after two bytes": Buffer.from(`id:${value}:`).toString("base64").slice(4),
    "as base64 after many bytes": Buffer.from(`user:${value}, and more`).toString("base64"),
  };
  for (const [form, text] of Object.entries(forms)) {
    it(`finds a value ${form} and does not repeat it`, () => {
      const secrets = new Secrets();
      secrets.add("key", value);
      const [leak, ...others] = secrets.search("somewhere", `before ${text} after`);
      expect(others).to.deep.equal([]);
      expect(leak).to.include({ secret: "key", place: "somewhere" });
      expect(leak!.around).to.contain("[key]").and.not.to.contain(value);
    });
  }

  it("finds a signed URL by its signature", () => {
    const secrets = new Secrets();
    secrets.addSignedUrl("https://x.test/a?X-Amz-Date=1&X-Amz-Signature=0123456789abcdef");
    expect(secrets.search("log", "GET /a?X-Amz-Signature=0123456789abcdef")).to.have.length(1);
    expect(secrets.search("log", "GET /a?[secret]")).to.deep.equal([]);
  });

  it("finds nothing in a text without a secret and counts its characters", () => {
    const secrets = new Secrets();
    secrets.add("key", value);
    expect(secrets.search("log", "seeded key 0001")).to.deep.equal([]);
    expect(secrets.searched).to.deep.equal({ log: 15 });
  });
});

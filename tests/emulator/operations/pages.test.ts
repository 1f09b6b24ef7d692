import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import type { OperationName } from "../../../service-model/operations/index";
import { operationNames, operationOf } from "../../../service-model/operations/index";
import type { Json, Request } from "./wire";
import { expectError, wireNameOf } from "./wire";
import { valid } from "./valid-requests";
import { World } from "./world";

const paged = operationNames.filter((operation) => "nextToken" in operationOf(operation).input.members);

/** The one member of the answer that is a list. */
const listOf = (operation: OperationName): string => {
  const lists = Object.entries(operationOf(operation).output!.members).filter(
    ([, { shape }]) => shape.kind === "list",
  );
  expect(lists).to.have.lengthOf(1);
  return wireNameOf(...lists[0]!);
};

describe("emulator: pages of every list", () => {
  let world: World;
  /** A token of each list, to be shown to all the others. */
  const tokens = new Map<OperationName, unknown>();
  const lists = new Map<OperationName, Request[]>();

  before(async () => {
    world = await World.build();
    for (const operation of paged) {
      const requests = await valid[operation](world);
      lists.set(
        operation,
        requests.filter(({ input }) => !("nextToken" in input)),
      );
      const { nextToken } = requests.find(({ input }) => "nextToken" in input)!.input;
      expect(nextToken, operation).to.be.a("string");
      tokens.set(operation, nextToken);
    }
  });
  after(() => world.stop());

  it("are of seven lists", () => expect(paged).to.have.lengthOf(7));

  const page = async (operation: OperationName, request: Request, more: Json) => {
    const { as, input } = request;
    const { status, json, body } = await world.wire.send(operation, { as, input: { ...input, ...more } });
    expect(status, body).to.equal(200);
    const items = json[listOf(operation)] as { Arn: string }[];
    return { ids: items.map(({ Arn }) => Arn), nextToken: json["NextToken"] };
  };

  const inPages = async (operation: OperationName, request: Request, maxResults: number) => {
    const pages: string[][] = [];
    for (let nextToken: unknown; pages.length === 0 || nextToken !== undefined;) {
      const answer = await page(operation, request, { maxResults, nextToken });
      pages.push(answer.ids);
      nextToken = answer.nextToken;
    }
    return pages;
  };

  for (const operation of paged) {
    it(`${operation} says the same however long the pages are`, async () => {
      const counts = [];
      for (const request of lists.get(operation)!) {
        const { ids, nextToken } = await page(operation, request, { maxResults: 200 });
        expect(nextToken).to.equal(undefined);
        counts.push(ids.length);
        for (const size of [1, 2]) {
          const pages = await inPages(operation, request, size);
          expect(pages.flat()).to.deep.equal(ids);
          expect(Math.max(...pages.map((one) => one.length))).to.be.at.most(size);
          expect(pages.length).to.equal(Math.max(1, Math.ceil(ids.length / size)));
        }
      }
      expect(Math.max(...counts), "more than two pages of one").to.be.greaterThan(2);
    });

    it(`${operation} takes no token of another list, and no other text for one`, async () => {
      const [{ input, as }] = lists.get(operation)! as [Request];
      const others = paged.filter((other) => other !== operation).map((other) => tokens.get(other));
      const own = String(tokens.get(operation));
      const forged = Buffer.from('["jobs",1]').toString("base64url");
      const places = [...own].map((_, at) => at).filter((at) => at % 16 === 0);
      const changed = places.map(
        (at) => own.slice(0, at) + (own[at] === "A" ? "B" : "A") + own.slice(at + 1),
      );
      for (const nextToken of [...others, ...changed, `${own}=`, "garbage", forged, "null", ""]) {
        const answer = await world.wire.send(operation, { as, input: { ...input, nextToken } });
        expectError(answer, "ValidationException");
        expect(answer.json["Message"]).to.match(/^NextToken /);
      }
    });

    it(`${operation} takes pages of 1 to 200`, async () => {
      const [{ input, as }] = lists.get(operation)! as [Request];
      for (const maxResults of [0, 201, "1e1", ""]) {
        const answer = await world.wire.send(operation, { as, input: { ...input, maxResults } });
        expectError(answer, "ValidationException");
        expect(answer.json["Message"]).to.match(/^MaxResults must /);
      }
    });
  }

  it("go on with what a list was narrowed to, and with nothing else", async () => {
    const checked = new Set<OperationName>();
    for (const operation of paged) {
      for (const [one, other] of pairs(lists.get(operation)!)) {
        const whole = [await page(operation, one, {}), await page(operation, other, {})] as const;
        const { nextToken } = await page(operation, one, { maxResults: 1 });
        if (nextToken === undefined || isDeepStrictEqual(...whole)) continue;
        const { input, as } = other;
        expectError(
          await world.wire.send(operation, { as, input: { ...input, nextToken } }),
          "ValidationException",
        );
        checked.add(operation);
      }
    }
    const narrowable = ["DataSets", "DataSetRevisions", "RevisionAssets", "Jobs", "EventActions"];
    expect([...checked]).to.have.members(narrowable.map((name) => `List${name}`));
  });
});

const pairs = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((one) => items.filter((other) => other !== one).map((other): [T, T] => [one, other]));

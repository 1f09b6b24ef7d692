import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import { wireName } from "../../../service-model/operations/operation";
import type { OperationName } from "../../../service-model/operations/index";
import { operationNames, operationOf } from "../../../service-model/operations/index";
import { PopulatedService } from "./populated-service";
import { validRequests } from "./valid-requests";
import type { Json, Request } from "./wire";
import { expectError } from "./wire";

const paged = operationNames.filter((operation) => "nextToken" in operationOf(operation).input.members);

/** The only list among the members of the output. */
const listOf = (operation: OperationName): string => {
  const members = Object.entries(operationOf(operation).output!.members);
  const [list] = members.filter(([, { shape }]) => shape.kind === "list");
  return wireName(...list!);
};

interface Entry {
  readonly Arn: string;
  readonly Name: string;
  readonly CreatedAt: string;
}

/** A signed URL ends at a time that depends on that of the request. */
const withoutSignedUrls = (entries: unknown): Entry[] =>
  JSON.parse(
    JSON.stringify(entries, (name, value: unknown) =>
      name.startsWith("ApiSpecificationDownloadUrl") ? undefined : value,
    ),
  ) as Entry[];

describe("emulator: pages of every list", () => {
  let service: PopulatedService;
  const tokens = new Map<OperationName, unknown>();
  /** Requests for first pages. */
  const requests = new Map<OperationName, Request[]>();

  before(async () => {
    service = await PopulatedService.start();
    for (const operation of paged) {
      const valid = await validRequests[operation](service);
      requests.set(
        operation,
        valid.filter(({ input }) => !("nextToken" in input)),
      );
      const { nextToken } = valid.find(({ input }) => "nextToken" in input)!.input;
      expect(nextToken, operation).to.be.a("string");
      tokens.set(operation, nextToken);
    }
  });
  after(() => service.stop());

  const page = async (operation: OperationName, { as, input }: Request, more: Json) => {
    const answer = await service.succeed(operation, { ...input, ...more }, as);
    return { entries: withoutSignedUrls(answer[listOf(operation)]), nextToken: answer["NextToken"] };
  };

  const allPages = async (operation: OperationName, request: Request, maxResults: number) => {
    const pages: Entry[][] = [];
    for (let nextToken: unknown; pages.length === 0 || nextToken !== undefined;) {
      const answer = await page(operation, request, { maxResults, nextToken });
      pages.push(answer.entries);
      nextToken = answer.nextToken;
    }
    return pages;
  };

  /** Sends the first request of the list with another member, which must be invalid. */
  const expectInvalid = async (operation: OperationName, more: Json, message: RegExp) => {
    const [{ input, as }] = requests.get(operation)! as [Request];
    const answer = await service.send(operation, { as, input: { ...input, ...more } });
    expectError(answer, "ValidationException");
    expect(answer.json["Message"]).to.match(message);
  };

  for (const operation of paged) {
    it(`${operation} returns the same entries in pages of any size`, async () => {
      const counts = [];
      for (const request of requests.get(operation)!) {
        const { entries, nextToken } = await page(operation, request, { maxResults: 200 });
        expect(nextToken).to.equal(undefined);
        counts.push(entries.length);
        const keys = entries.map(({ Name, CreatedAt }) =>
          operation === "ListRevisionAssets" ? Name : CreatedAt,
        );
        expect(keys, "highest name or newest first").to.deep.equal([...keys].sort().reverse());
        for (const size of [1, 2]) {
          const pages = await allPages(operation, request, size);
          expect(pages.flat()).to.deep.equal(entries);
          expect(Math.max(...pages.map((one) => one.length))).to.be.at.most(size);
          expect(pages.length).to.equal(Math.max(1, Math.ceil(entries.length / size)));
        }
      }
      expect(Math.max(...counts), "more than two pages of one entry").to.be.greaterThan(2);
    });

    it(`${operation} refuses the tokens of other lists, changed tokens and other text`, async () => {
      const others = paged.filter((other) => other !== operation).map((other) => tokens.get(other));
      const own = String(tokens.get(operation));
      const forged = Buffer.from('["jobs",1]').toString("base64url");
      const positions = [...own].map((_, at) => at).filter((at) => at % 16 === 0);
      const changed = positions.map(
        (at) => own.slice(0, at) + (own[at] === "A" ? "B" : "A") + own.slice(at + 1),
      );
      for (const nextToken of [...others, ...changed, `${own}=`, "garbage", forged, "null", ""]) {
        await expectInvalid(operation, { nextToken }, /^NextToken /);
      }
    });

    it(`${operation} returns pages of 1 to 200 entries`, async () => {
      for (const maxResults of [0, 201, "1e1", ""]) {
        await expectInvalid(operation, { maxResults }, /^MaxResults must /);
      }
    });
  }

  it("refuses the token of a list with another filter", async () => {
    const checked = new Set<OperationName>();
    for (const operation of paged) {
      for (const [one, other] of pairs(requests.get(operation)!)) {
        const whole = [await page(operation, one, {}), await page(operation, other, {})] as const;
        const { nextToken } = await page(operation, one, { maxResults: 1 });
        if (nextToken === undefined || isDeepStrictEqual(...whole)) continue;
        const { input, as } = other;
        const answer = await service.send(operation, { as, input: { ...input, nextToken } });
        expectError(answer, "ValidationException");
        checked.add(operation);
      }
    }
    const filterable = ["DataSets", "DataSetRevisions", "RevisionAssets", "Jobs", "EventActions"];
    expect([...checked]).to.have.members(filterable.map((name) => `List${name}`));
  });
});

const pairs = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((one) => items.filter((other) => other !== one).map((other): [T, T] => [one, other]));

import { expect } from "chai";
import type { ServiceErrorName } from "../../../service-model/errors";
import type { OperationName } from "../../../service-model/operations";
import { operationNames, operationOf } from "../../../service-model/operations";
import { absencesOf, foreignMembers, namesResource, namesResources } from "./absent-resources";
import type { Case } from "./cases";
import { casesOf, elementsOf, replaced, ruledStructs, valueAt } from "./cases";
import { PopulatedService } from "./populated-service";
import { violations } from "./rule-violations";
import { onlyByFault, scenarios } from "./scenarios";
import { validRequests } from "./valid-requests";
import type { Json, Request } from "./wire";
import { expectError, expectSuccess } from "./wire";

describe("emulator: requests of every operation", () => {
  let service: PopulatedService;
  before(async () => {
    service = await PopulatedService.start();
  });
  after(() => service.stop());

  for (const operation of operationNames) {
    const described = operationOf(operation);
    const { missing, unroutable, outside } = casesOf(described);

    describe(operation, () => {
      let requests: Request[];
      before(async () => {
        requests = await validRequests[operation](service);
      });
      const send = (request: Request) => service.send(operation, request);

      it("has valid requests with every member", () => {
        const nowhere = elementsOf(described).filter(({ at }) => !requests.some(has(at)));
        expect(nowhere.map(({ at }) => at.join("."))).to.deep.equal([]);
      });

      if (missing.length > 0) {
        it(`requires each required member (${missing.length})`, () =>
          each(missing, (one) => expectRefusal(operation, requests, one)));
      }
      if (unroutable.length > 0) {
        it(`has no route without ${unroutable.map(({ named }) => named).join(", ")}`, () =>
          each(unroutable, async (one) => {
            const { status, error } = await send(invalidRequest(requests, one));
            expect([status, error]).to.deep.equal([404, "UnknownOperationException"]);
          }));
      }
      if (outside.length > 0) {
        it(`refuses one value outside each constraint (${outside.length})`, () =>
          each(outside, (one) => expectRefusal(operation, requests, one)));
      }
      if (namesResources(operation)) {
        it("names an absent resource in the error", async () => {
          const absences = absencesOf(operation, requests);
          expect(absences).not.to.be.empty;
          for (const { request, ResourceId, ResourceType } of absences) {
            const answer = await send(request);
            if (described.errors.includes("ResourceNotFoundException")) {
              expectError(answer, "ResourceNotFoundException");
              expect(answer.json).to.include({ ResourceId, ResourceType });
            } else {
              expectError(answer, "ValidationException");
              expect(answer.json["Message"]).to.include(ResourceId);
            }
          }
        });
      }
      if (described.errors.includes("ThrottlingException")) {
        it("answers ThrottlingException above the request rate", () =>
          service.withSettings({ requestsPerSecond: { [operation]: 0.001 } }, async () => {
            // The rate is per account: another account than the one that owns the resources is throttled.
            const request = { ...requests[0]!, as: "333333333333" };
            await send(request);
            expectError(await send(request), "ThrottlingException");
          }));
      }
      for (const [error, { input, as, settings = {} }] of Object.entries(scenarios[operation] ?? {})) {
        it(`answers ${error} because of the state or the settings`, async () => {
          const request = { input: { ...(await input(service)) }, as };
          const answer = await service.withSettings(settings, () => send(request));
          expectError(answer, error as ServiceErrorName);
        });
      }

      it("accepts valid requests and answers as described", async () => {
        for (const request of requests) {
          const answer = await send(request);
          // The body is that of the licensed API.
          if (operation === "SendApiAsset") expect(answer.status).to.equal(described.status);
          else expectSuccess(operation, answer);
        }
      });

      it("returns each described error and no other, except those that require a fault", async () => {
        const answered = service.answered.filter((one) => one.operation === operation);
        const errors = answered.flatMap(({ status, error = status }) =>
          error === "UnknownOperationException" || status < 400 ? [] : error,
        );
        const byFault = onlyByFault.filter(({ operations }) => operations.includes(operation));
        const expected = described.errors.filter((name) => !byFault.some(({ error }) => error === name));
        expect([...new Set(errors)]).to.have.members(expected);
        for (const { error } of byFault) {
          service.local.faults.add({ operation, error });
          expectError(await send(requests[0]!), error, true);
        }
      });
    });
  }

  const expectRefusal = async (operation: OperationName, requests: readonly Request[], one: Case) => {
    const answer = await service.send(operation, invalidRequest(requests, one));
    expectError(answer, "ValidationException");
    // The message is a list of sentences. The subject of each is the name of a member.
    const message = String(answer.json["Message"]);
    const start = `${one.named} ${one.messageText ?? ""}`;
    expect(
      message.split("; ").some((sentence) => sentence.startsWith(start)),
      message,
    ).to.equal(true);
  };
});

describe("emulator: derived request cases", () => {
  it("cover every rule between members", () => {
    const ruled = new Set(operationNames.flatMap((name) => ruledStructs(operationOf(name))));
    expect(Object.keys(violations)).to.have.members([...ruled]);
  });

  it("cover every member that names a resource", () => {
    const elements = operationNames.flatMap((name) => elementsOf(operationOf(name)));
    const names = elements.map(({ at }) => String(at.at(-1))).filter((member) => /(Id|Arn)$/.test(member));
    // `eventSourceId` filters a list.
    const others = new Set([...foreignMembers, "eventSourceId"]);
    expect([...new Set(names)].filter((name) => !namesResource(name) && !others.has(name))).to.be.empty;
  });
});

const has =
  (at: Case["at"]) =>
  ({ input }: Request): boolean =>
    valueAt(input, at) !== undefined;

/** The first valid request that has the member, with the wrong value. */
function invalidRequest(requests: readonly Request[], { at, toInvalid, what, named }: Case): Request {
  const right = requests.find(has(at));
  if (!right) throw new Error(`No valid request has ${named} (${what}).`);
  return { ...right, input: replaced(right.input, at, toInvalid) as Json };
}

/** Tries all cases before it fails, so that one run reports every failure. */
async function each(cases: readonly Case[], check: (one: Case) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  for (const one of cases) {
    await check(one).catch((error: Error) => failures.push(`${one.what} of ${one.named}: ${error.message}`));
  }
  expect(failures.join("\n")).to.equal("");
}

import { expect } from "chai";
import type { OperationName } from "../../../service-model/operations";
import { operationNames, operationOf } from "../../../service-model/operations";
import { errorStatuses } from "../../../service-model/errors";
import { absencesOf, faulty, foreign, namesResource, namesResources, scenarioOf } from "./error-scenarios";
import type { Answer, Json, Request } from "./wire";
import { expectError, expectSuccess } from "./wire";
import type { Case } from "./cases";
import { casesOf, placesOf, replaced, ruledStructs, valueAt } from "./cases";
import { violations } from "./rule-violations";
import { valid } from "./valid-requests";
import { World } from "./world";
import { onlyByFault, scenarios } from "./scenarios";

describe("emulator: requests of every operation", () => {
  let world: World;
  before(async () => {
    world = await World.build();
  });
  after(() => world.stop());

  for (const operation of operationNames) {
    const described = operationOf(operation);
    const { missing, unroutable, outside } = casesOf(described);

    describe(operation, () => {
      let requests: Request[];
      before(async () => {
        requests = await valid[operation](world);
      });

      it("takes valid requests, and answers as described", async () => {
        for (const request of await valid[operation](world)) {
          const answer = await world.wire.send(operation, request);
          // What a licensed API answers is passed on as it is.
          if (operation === "SendApiAsset") expect(answer.status).to.equal(described.status);
          else expectSuccess(operation, answer);
        }
      });

      it("has every member in one of them", () => {
        const nowhere = placesOf(described).filter(({ at }) => !requests.some(has(at)));
        expect(nowhere.map(({ at }) => at.join("."))).to.deep.equal([]);
      });

      if (missing.length > 0) {
        it(`misses each required member (${missing.length})`, () =>
          each(missing, (one) => expectRefusal(operation, requests, one)));
      }
      if (unroutable.length > 0) {
        it(`is not meant by a request without its ${unroutable.map(({ named }) => named).join(", ")}`, () =>
          each(unroutable, (one) => expectNoRoute(operation, requests, one)));
      }
      if (outside.length > 0) {
        it(`refuses one value outside each constraint (${outside.length})`, () =>
          each(outside, (one) => expectRefusal(operation, requests, one)));
      }
      if (namesResources(operation)) {
        it("says which resource is not there", async () => {
          const absences = absencesOf(operation, requests);
          expect(absences).not.to.be.empty;
          for (const { request, ResourceId, ResourceType } of absences) {
            const answer = await world.wire.send(operation, request);
            if (operationOf(operation).errors.includes("ResourceNotFoundException")) {
              expectError(answer, "ResourceNotFoundException");
              expect(answer.json).to.include({ ResourceId, ResourceType });
            } else {
              expectError(answer, "ValidationException");
              expect(answer.json["Message"]).to.include(ResourceId);
            }
          }
        });
      }
    });
  }

  describe("all of them", () => {
    it("never answers that the service failed, nor with an error that the operation is not described with", () => {
      const { answered } = world.wire;
      expect(new Set(answered.map(({ operation }) => operation))).to.have.lengthOf(operationNames.length);
      const strange = answered.filter(
        ({ operation, status, error }) =>
          status >= 500 ||
          (error !== undefined &&
            error !== "UnknownOperationException" &&
            !operationOf(operation).errors.some((name) => name === error)),
      );
      expect(strange.map(({ operation, error }) => `${operation}: ${error}`)).to.deep.equal([]);
    });
  });

  /** The request that a case is about is the first that has the member. */
  const spoilt = (requests: readonly Request[], { at, spoil, what, named }: Case): Request => {
    const right = requests.find(has(at));
    if (!right) throw new Error(`No valid request has ${named} (${what}).`);
    return { ...right, input: replaced(right.input, at, spoil) as Json };
  };

  const expectRefusal = async (operation: OperationName, requests: readonly Request[], one: Case) => {
    const answer = await world.wire.send(operation, spoilt(requests, one));
    expectError(answer, "ValidationException");
    expectNamed(answer, one);
  };

  const expectNoRoute = async (operation: OperationName, requests: readonly Request[], one: Case) => {
    const { status, error } = await world.wire.send(operation, spoilt(requests, one));
    expect([status, error]).to.deep.equal([404, "UnknownOperationException"]);
  };
});

describe("the cases of the operations", () => {
  it("cover every condition between members", () => {
    const ruled = new Set(operationNames.flatMap((name) => ruledStructs(operationOf(name))));
    expect(Object.keys(violations)).to.have.members([...ruled]);
  });

  it("cover every member that names a resource", () => {
    const names = operationNames.flatMap((name) =>
      placesOf(operationOf(name))
        .map(({ at }) => String(at.at(-1)))
        .filter((member) => /(Id|Arn)$/.test(member)),
    );
    // A filter of a list, beside those of the same name elsewhere.
    const known = new Set([...foreign, "eventSourceId"]);
    expect([...new Set(names)].filter((name) => !namesResource(name) && !known.has(name))).to.be.empty;
  });

  it("are of 37 operations", () => expect(operationNames).to.have.lengthOf(37));

  it("know every error that an operation is described with", () => {
    const named = new Set(operationNames.flatMap((name) => operationOf(name).errors));
    expect([...named]).to.have.members(Object.keys(errorStatuses));
  });
});

const has =
  (at: Case["at"]) =>
  ({ input }: Request): boolean =>
    valueAt(input, at) !== undefined;

/** The refusal is a list of sentences, each with the name of a member as its subject. */
function expectNamed({ json }: Answer, { what, named, says }: Case): void {
  const sentences = String(json["Message"]).split("; ");
  const wanted = `${named} ${says ?? ""}`;
  expect(
    sentences.some((sentence) => sentence.startsWith(wanted)),
    `${what} of ${named}: ${String(json["Message"])}`,
  ).to.equal(true);
}

/** Tries all before it fails, so that one run shows everything. */
async function each(cases: readonly Case[], check: (one: Case) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  for (const one of cases) {
    await check(one).catch((error: Error) => failures.push(`${one.what} of ${one.named}: ${error.message}`));
  }
  expect(failures.join("\n")).to.equal("");
}

describe("emulator: errors of every operation", () => {
  let world: World;
  before(async () => {
    world = await World.build();
  });
  after(() => world.stop());

  for (const operation of operationNames) {
    for (const error of operationOf(operation).errors) {
      const scenario = scenarioOf(operation, error);
      it(`${operation}: ${error}${scenario ? "" : ", by a fault"}`, async () => {
        expectError(await (scenario ?? faulty(operation, error))(world), error, !scenario);
      });
    }
  }

  it("are all there, each of them described", () => {
    const seen = world.wire.answered.flatMap(({ operation, error }) =>
      error ? `${operation}: ${error}` : [],
    );
    const described = operationNames.flatMap((operation) =>
      operationOf(operation).errors.map((error) => `${operation}: ${error}`),
    );
    expect([...new Set(seen)].sort()).to.deep.equal(described.sort());
    const names = new Set(world.wire.answered.flatMap(({ error }) => error ?? []));
    expect([...names]).to.have.members(Object.keys(errorStatuses));
  });

  it("are made by a fault only where nothing else makes them, and where a reason is given", () => {
    for (const operation of operationNames) {
      for (const error of operationOf(operation).errors) {
        const excused = onlyByFault.filter(
          (one) => one.error === error && one.operations.includes(operation),
        );
        expect(excused, `${operation}: ${error}`).to.have.lengthOf(scenarioOf(operation, error) ? 0 : 1);
      }
    }
  });

  it("are described wherever a scenario makes them", () => {
    for (const operation of operationNames) {
      expect(operationOf(operation).errors).to.include.members(Object.keys(scenarios[operation]));
    }
  });
});

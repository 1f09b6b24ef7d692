import { expect } from "chai";
import { operationNames, operationOf } from "../../../service-model/operations/index";
import { errorStatuses } from "../../../service-model/errors";
import { expectError } from "./wire";
import { faulty, scenarioOf } from "./error-scenarios";
import { onlyByFault, scenarios } from "./scenarios";
import { World } from "./world";

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

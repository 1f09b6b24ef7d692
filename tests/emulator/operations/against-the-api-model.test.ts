import { expect } from "chai";
import { operationNames, operationOf } from "../../../service-model/operations/index";
import { limitNames } from "../../../service-model/errors";
import type { ApiModel } from "./api-model";
import { apiModel, Comparison } from "./api-model";
import { deviations } from "./known-deviations";

if (apiModel) held(apiModel);
else {
  describe("emulator: the description of the operations", () => {
    it("is held against the API model, which is not at hand: set DATAEXCHANGE_API_MODEL");
  });
}

function held(model: ApiModel): void {
  const comparison = new Comparison(model);
  const excuseOf = (difference: string) => deviations.filter(({ found }) => found.test(difference));

  describe("emulator: the description of the operations, held against the service's API model", () => {
    it("has every operation and no other", () =>
      expect([...operationNames]).to.have.members(Object.keys(model.operations)));

    for (const operation of operationNames) {
      it(`${operation} is as in the model, member by member, but for what is meant to differ`, () => {
        const found = comparison.differences(operation, operationOf(operation));
        expect(found.filter((difference) => excuseOf(difference).length === 0)).to.deep.equal([]);
      });
    }

    it("differs in all that is said to be meant, and in each for one reason", () => {
      const found = operationNames.flatMap((name) => comparison.differences(name, operationOf(name)));
      const idle = deviations.filter((deviation) => !found.some((text) => deviation.found.test(text)));
      expect(idle.map(({ found: pattern }) => String(pattern))).to.deep.equal([]);
      expect(found.filter((difference) => excuseOf(difference).length > 1)).to.deep.equal([]);
    });

    it("calls each limit by the service's name", () =>
      expect(comparison.valuesOf("LimitName")).to.include.members(limitNames));
  });

  describe("the comparison with the API model", () => {
    const right = operationOf("GetJob");
    const wrong = {
      ...right,
      method: "POST",
      path: "/v1/jobs",
      query: ["jobId"],
      status: 201,
      errors: [],
      input: {
        ...right.input,
        members: { jobId: { shape: { kind: "integer" }, doc: "" }, extra: right.input.members["jobId"]! },
      },
    } as const;

    it("sees what differs", () => {
      const found = comparison.differences("GetJob", wrong).filter((one) => !one.includes(" output"));
      expect(found).to.deep.equal([
        "GetJob method: POST, not GET",
        "GetJob path: /v1/jobs, not /v1/jobs/{JobId}",
        "GetJob status: 201, not 200",
        "GetJob ResourceNotFoundException: no answer, not an answer",
        "GetJob ThrottlingException: no answer, not an answer",
        "GetJob ValidationException: no answer, not an answer",
        "GetJob InternalServerException: no answer, not an answer",
        "GetJob input.JobId required: no, not yes",
        "GetJob input.JobId kind: integer, not string",
        "GetJob input.Extra: is not in the model",
        "GetJob input.JobId location: querystring jobId, not uri JobId",
      ]);
    });
  });
}

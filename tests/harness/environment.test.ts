import { expect } from "chai";

import { setEnvironment } from "./environment";

describe("a variable that is set twice", () => {
  const name = "PULUMI_DATAEXCHANGE_TEST";
  const set = (value: string) => setEnvironment({ [name]: value });

  it("has its first value again, in any order of restoring", () => {
    for (const first of [undefined, "zero"]) {
      for (const isReversed of [false, true]) {
        const restore = setEnvironment(first === undefined ? {} : { [name]: first });
        const restores = [set("one"), set("two")];
        for (const each of isReversed ? restores.reverse() : restores) each();
        expect(process.env[name], `${first}, reversed: ${isReversed}`).to.equal(first);
        restore();
      }
    }
  });

  it("has the last value that is still set", () => {
    const [one, two, three] = [set("one"), set("two"), set("three")];
    two();
    expect(process.env[name]).to.equal("three");
    three();
    expect(process.env[name]).to.equal("one");
    one();
    expect(process.env[name]).to.equal(undefined);
  });
});

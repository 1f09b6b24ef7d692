import { expect } from "chai";
import { EngineOutput } from "../../scripts/demo/engine-output";
import { expectEqual } from "../../scripts/demo/expect";
import { wrap } from "../../scripts/demo/wrap";

describe("tools: the demo", () => {
  describe("the engine's output", () => {
    function shown(...chunks: string[]): string[] {
      const lines: string[] = [];
      const output = new EngineOutput((line) => lines.push(line));
      for (const chunk of chunks) output.write(chunk);
      output.end();
      return lines;
    }

    it("comes in whole lines, however it was cut", () => {
      expect(shown("Resou", "rces:\n    2 unch", "anged")).to.deep.equal(["Resources:", "    2 unchanged"]);
    });

    it("is without what only fills the screen", () => {
      const filler = [
        "@ updating....",
        " +  pulumi:pulumi:Stack quickstart-demo creating (0s)",
        " +- pulumi-nodejs:dynamic/dataexchange:Job prices replacing (0s) [diff: ~details]",
        "",
      ];
      expect(shown(filler.join("\n"))).to.deep.equal([]);
    });

    it("keeps what the stack itself has to say", () => {
      const news = [
        "    pulumi:pulumi:Stack quickstart-demo **failed** 1 error",
        "  pulumi:pulumi:Stack (quickstart-demo):",
        "  pulumi:pulumi:Stack: (same)",
      ];
      expect(shown(news.join("\n"))).to.deep.equal(news);
    });

    it("shows a line once and the type in short, in the engine's colours", () => {
      const row = " + pulumi-nodejs:dynamic/dataexchange:Job prices \u001b[32mcreated\u001b[0m";
      expect(shown(`${row} \n${row}\n`)).to.deep.equal([
        " + dataexchange:Job prices \u001b[32mcreated\u001b[0m",
      ]);
    });

    it("leaves the type within a URN, so that the URN can be copied", () => {
      const rows = [
        "    [urn=urn:pulumi:demo::p::pulumi-nodejs:dynamic/dataexchange:Job::prices]",
        "    [urn=urn:pulumi:demo::p::my:index:Group$pulumi-nodejs:dynamic/dataexchange:Job::prices]",
      ];
      expect(shown(rows.join("\n"))).to.deep.equal(rows);
    });
  });

  it("wraps between words, keeps the indent, and counts no colours", () => {
    expect(wrap("  one two three", 9, 2)).to.deep.equal(["  one two", "    three"]);
    expect(wrap("\u001b[32mone\u001b[0m two", 7)).to.deep.equal(["\u001b[32mone\u001b[0m two"]);
    expect(wrap("indivisible", 4)).to.deep.equal(["indivisible"]);
  });

  it("fails with both values when something else was to be seen", () => {
    expect(() => expectEqual("What changed", { same: 2 }, { same: 3 })).to.throw(
      "What changed should have been { same: 3 }, and turned out to be { same: 2 }.",
    );
    expect(() => expectEqual("What changed", { same: 2 }, { same: 2 })).not.to.throw();
  });
});

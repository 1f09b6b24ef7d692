import { expect } from "chai";

import { expectEqual } from "./stage";
import { EngineOutput, wrap } from "./terminal";

describe("the demo", () => {
  describe("EngineOutput", () => {
    function shown(...chunks: string[]): string[] {
      const lines: string[] = [];
      const output = new EngineOutput((line) => lines.push(line));
      for (const chunk of chunks) output.write(chunk);
      output.end();
      return lines;
    }

    it("prints whole lines from partial chunks", () => {
      expect(shown("Resou", "rces:\n    2 unch", "anged")).to.deep.equal(["Resources:", "    2 unchanged"]);
    });

    it("omits lines without information", () => {
      const filler = [
        "@ updating....",
        " +  pulumi:pulumi:Stack quickstart-demo creating (0s)",
        " +- pulumi-nodejs:dynamic/dataexchange:Job prices replacing (0s) [diff: ~details]",
        "",
      ];
      expect(shown(filler.join("\n"))).to.deep.equal([]);
    });

    it("keeps problems of the stack itself", () => {
      const news = [
        "    pulumi:pulumi:Stack quickstart-demo **failed** 1 error",
        "  pulumi:pulumi:Stack (quickstart-demo):",
        "  pulumi:pulumi:Stack: (same)",
      ];
      expect(shown(news.join("\n"))).to.deep.equal(news);
    });

    it("shows a repeated line once, with a short type and with the engine's colours", () => {
      const row = " + pulumi-nodejs:dynamic/dataexchange:Job prices \u001b[32mcreated\u001b[0m";
      expect(shown(`${row} \n${row}\n`)).to.deep.equal([
        " + dataexchange:Job prices \u001b[32mcreated\u001b[0m",
      ]);
    });

    it("does not shorten the type within a URN, because users copy it", () => {
      const rows = [
        "    [urn=urn:pulumi:demo::p::pulumi-nodejs:dynamic/dataexchange:Job::prices]",
        "    [urn=urn:pulumi:demo::p::my:index:Group$pulumi-nodejs:dynamic/dataexchange:Job::prices]",
      ];
      expect(shown(rows.join("\n"))).to.deep.equal(rows);
    });
  });

  it("wraps text between words, keeps the indent, and does not count colour codes", () => {
    expect(wrap("  one two three", 9, 2)).to.deep.equal(["  one two", "    three"]);
    expect(wrap("\u001b[32mone\u001b[0m two", 7)).to.deep.equal(["\u001b[32mone\u001b[0m two"]);
    expect(wrap("indivisible", 4)).to.deep.equal(["indivisible"]);
  });

  it("reports the expected and the found value of a failed check", () => {
    expect(() => expectEqual("What changed", { same: 2 }, { same: 3 })).to.throw(
      "What changed: expected { same: 3 }, found { same: 2 }.",
    );
    expect(() => expectEqual("What changed", { same: 2 }, { same: 2 })).not.to.throw();
  });
});

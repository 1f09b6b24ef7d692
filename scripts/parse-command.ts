import type { ParseArgsConfig } from "node:util";
import { parseArgs } from "node:util";

interface Command<Item, Values> {
  /** The given names, in their order. */
  readonly names: readonly string[];
  /** The items with these names, or all items if none is named. */
  readonly chosen: readonly Item[];
  readonly values: Values;
}

type Options = NonNullable<ParseArgsConfig["options"]>;
type ValuesOf<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/**
 * The arguments of a command that runs items by their names. For `--help` and for wrong arguments it prints the help, sets
 * the exit code to 0 or 2, and returns undefined.
 */
export function parseCommand<Item extends { readonly name: string }, T extends Options>(
  help: string,
  items: readonly Item[],
  options: T,
  args = process.argv.slice(2),
): Command<Item, ValuesOf<T>> | undefined {
  const refuse = (problem: string): undefined => {
    process.stderr.write(`${problem}\n\n${help}`);
    process.exitCode = 2;
  };
  if (args.includes("--help")) {
    process.stdout.write(help);
    return undefined;
  }
  try {
    const { values, positionals: names } = parseArgs({ args, options, allowPositionals: true });
    const unknown = names.find((name) => !items.some((item) => item.name === name));
    if (unknown !== undefined) return refuse(`Unknown name "${unknown}".`);
    const chosen = items.filter(({ name }) => names.length === 0 || names.includes(name));
    return { names, chosen, values };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

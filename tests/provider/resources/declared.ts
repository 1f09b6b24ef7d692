import type { CustomResource } from "@pulumi/pulumi";
import { runtime } from "@pulumi/pulumi";

export interface Declared {
  readonly resource: CustomResource;
  /** The inputs that the SDK registers. */
  readonly inputs: Record<string, unknown>;
}

/** Declares one resource with mocks, as a unit test of a program does. */
export async function declaredInputs(declare: () => CustomResource): Promise<Declared> {
  let registered: (inputs: Record<string, unknown>) => void;
  const inputs = new Promise<Record<string, unknown>>((resolve) => (registered = resolve));
  await runtime.setMocks({
    newResource: ({ name, inputs: given }) => {
      registered(given as Record<string, unknown>);
      return { id: `${name}-id`, state: { ...(given as object), state: "COMPLETED", assets: [] } };
    },
    call: ({ token }) => {
      throw new Error(`${token} is asked outside of the program.`);
    },
  });
  const resource = declare();
  return { resource, inputs: await inputs };
}

/** The stand-in for the AWS provider, without the protocol: the life of a resource over the table of types. */
import { checkInputs, inputNames, withoutDefaults, type CheckRequest } from "./check";
import { difference, type Difference } from "./diff";
import { accountOf, Region } from "./region";
import { refusal, type Failure, type ResourceType } from "./resource-type";
import { functions, resources } from "./services";
import { readSettings, type Settings } from "./settings";
import { given, hasUnknown, pick, unknown, type Properties } from "./values";

export interface Found {
  id: string;
  state: Properties;
  inputs: Properties;
}

export class StandIn {
  private settings: Settings | undefined;
  private account: Promise<string> | undefined;
  private readonly regions = new Map<string, Region>();

  configure(config: Properties): void {
    this.settings = readSettings(config);
  }

  check(request: CheckRequest): { inputs: Properties; failures: Failure[] } {
    return checkInputs(typeOf(request.type), request, this.configured());
  }

  diff(type: string, oldInputs: Properties, news: Properties, ignored: readonly string[]): Difference {
    return difference(typeOf(type), oldInputs, news, ignored);
  }

  async create(
    type: string,
    urn: string,
    declared: Properties,
    preview: boolean,
  ): Promise<Omit<Found, "inputs">> {
    const resource = typeOf(type);
    const inputs = withoutDefaults(declared);
    if (preview) return { id: "", state: { ...unknownOf(resource.computed), ...inputs } };
    const { id, outputs } = await resource.create(inputs, await this.regionOf(inputs), urn);
    return { id, state: given({ ...inputs, ...outputs }) };
  }

  async read(type: string, id: string, state: Properties, inputs: Properties): Promise<Found | undefined> {
    const resource = typeOf(type);
    const region = await this.regionOf({ ...state, ...inputs });
    const found = await resource.read(id, region, state);
    if (!found) return undefined;
    const now = given({ ...(resource.global ? {} : { region: region.name }), ...found });
    if (resource.tagged) this.splitTags(now, state);
    const known = Object.keys(inputs).length > 0;
    const declared = pick(now, known ? Object.keys(inputs) : inputNames(resource));
    return {
      id,
      state: { ...withoutDefaults(inputs), ...state, ...now },
      inputs: { ...inputs, ...declared },
    };
  }

  async update(
    type: string,
    id: string,
    state: Properties,
    declared: Properties,
    preview: boolean,
  ): Promise<Properties> {
    const resource = typeOf(type);
    const inputs = withoutDefaults(declared);
    const before = pick(state, resource.computed);
    if (preview) return { ...before, ...unknownOf(resource.volatile ?? []), ...inputs };
    if (!resource.update) throw new Error(refusal(`${type} cannot be changed`));
    const outputs = await resource.update(id, inputs, await this.regionOf(inputs), state);
    return given({ ...before, ...inputs, ...outputs });
  }

  async delete(type: string, id: string, state: Properties): Promise<void> {
    await typeOf(type).delete(id, await this.regionOf(state), state);
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const invocation = Object.hasOwn(functions, token) ? functions[token] : undefined;
    if (!invocation) throw new Error(refusal(`the function ${token} is not known`));
    // An answer that rests on something unknown is not known either; the SDK asks for none.
    if (hasUnknown(args)) return {};
    return given(await invocation(args, await this.regionOf(args)));
  }

  /** The tags that a provider's defaults have put on an object are not the resource's own. */
  private splitTags(now: Properties, state: Properties): void {
    const all = (now.tagsAll ?? {}) as Record<string, string>;
    const own = (state.tags ?? {}) as Record<string, string>;
    const { defaultTags } = this.configured();
    now.tagsAll = all;
    const tags = Object.entries(all).filter(([key, value]) => key in own || defaultTags[key] !== value);
    if (tags.length > 0 || "tags" in state) now.tags = Object.fromEntries(tags);
  }

  private async regionOf({ region }: Properties): Promise<Region> {
    const settings = this.configured();
    const name = (region as string | undefined) ?? settings.region;
    this.account ??= accountOf(settings);
    const account = await this.account;
    const known = this.regions.get(name) ?? new Region(settings, name, account);
    this.regions.set(name, known);
    return known;
  }

  private configured(): Settings {
    if (!this.settings) throw new Error("The provider has not been configured.");
    return this.settings;
  }
}

const unknownOf = (keys: readonly string[]): Properties =>
  Object.fromEntries(keys.map((key) => [key, unknown]));

function typeOf(type: string): ResourceType {
  const known = Object.hasOwn(resources, type) ? resources[type] : undefined;
  if (!known) throw new Error(refusal(`the resource type ${type} is not known`));
  return known;
}

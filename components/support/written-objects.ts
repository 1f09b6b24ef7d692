/**
 * Objects that the program itself writes. A listing that does not wait for them sees an arbitrary part of them, and what
 * is published of it cannot be taken back.
 */
import type { Input, Inputs, Resource } from "@pulumi/pulumi";
import { ComponentResource, CustomResource, Output, output, runtime } from "@pulumi/pulumi";

import { jobSetToken, jobToken } from "../../provider/state-contract";
import { resolveNow, childrenOf, isResourceReady, resolveInput } from "./resolve-input";
import { InputError } from "./input-error";

/** Where an object is written; without a key, anywhere in the bucket. */
export interface WrittenObject {
  readonly bucket: string;
  readonly key?: string;
}

type Places = Input<Input<{ bucket: Input<string>; key?: Input<string> }>[]>;

const oneObject = ({ bucket, key }: Record<string, Input<string>>): Places => [
  { bucket: bucket!, key: key! },
];

interface ExportDetails {
  readonly exportAssetsToS3?: { readonly assetDestinations: readonly WrittenObject[] };
  readonly exportRevisionsToS3?: { readonly revisionDestinations: readonly WrittenObject[] };
}

/** Where each type of resource writes objects. */
const placesOf: Readonly<Record<string, (inputs: Inputs) => Places>> = {
  "aws:s3/bucketObjectv2:BucketObjectv2": oneObject,
  "aws:s3/bucketObject:BucketObject": oneObject,
  "aws:s3/objectCopy:ObjectCopy": oneObject,
  [jobToken]: ({ details }) => output(details as Input<ExportDetails | undefined>).apply(writtenByJob),
  [jobSetToken]: ({ jobs }) =>
    output(jobs as Input<Record<string, { details: ExportDetails }>>).apply((known) =>
      Object.values(known).flatMap(({ details }) => writtenByJob(details)),
    ),
};

const writtenByJob = (details: ExportDetails | undefined): WrittenObject[] => [
  ...(details?.exportAssetsToS3?.assetDestinations ?? []),
  // What a key pattern makes of a revision is not known here.
  ...(details?.exportRevisionsToS3?.revisionDestinations ?? []).map(({ bucket }) => ({ bucket })),
];

/** What a component can see of the objects that its program writes. */
export class WrittenObjects {
  private constructor(
    private readonly component: Resource,
    /** Declared before the component, so none of them waits for it. */
    private readonly earlier: ReadonlySet<Resource>,
  ) {}

  /** To be asked for while the component is declared, before anything is waited for. */
  static of(component: Resource): WrittenObjects {
    watch();
    return new WrittenObjects(component, new Set(declared(component)));
  }

  /** Waits for those declared earlier; false in a preview when one that counts is yet to be made or changed. */
  async areThere(counts: (object: WrittenObject) => boolean): Promise<boolean> {
    const isBusy = ancestorsOf(this.component);
    // A component may declare its children when it has looked around.
    await Promise.all([...this.earlier].filter((one) => !isBusy.has(one) && mayWrite(one)).map(dataOf));
    const writers = [...this.earlier].flatMap((one) => (isBusy.has(one) ? [one] : [one, ...within(one)]));
    const there = await Promise.all(
      [...new Set(writers)].filter(isWriter).map(async (one) => {
        const isMade = await isResourceReady(one);
        // A run with targets makes no others, and these are no part of what it finds.
        return isMade || !runtime.isDryRun() || !(await writtenBy(one, one)).some(counts);
      }),
    );
    return there.every(Boolean);
  }

  /**
   * Refuses objects that are declared later: they may need what the component makes, so it cannot wait for them. Asks
   * only for what is known at once.
   */
  async refuseLater(counts: (object: WrittenObject) => boolean): Promise<void> {
    for (const resource of declared(this.component)) {
      const inputs = inputsOf.get(resource);
      if (!inputs || this.isEarlier(resource)) continue;
      const known = await resolveNow(writtenBy(inputs, resource));
      const object = known?.find(counts);
      if (!object) continue;
      throw new InputError(
        `s3://${object.bucket}/${object.key ?? ""} is meant, and the program writes it with a resource that it declares ` +
          "later. Declare that one first, or the revision would hold what was there before, or a part.",
      );
    }
  }

  private isEarlier(resource: Resource): boolean {
    const isBusy = ancestorsOf(this.component);
    return [resource, ...ancestorsOf(resource)].some((one) => this.earlier.has(one) && !isBusy.has(one));
  }
}

const typeOf = (resource: Resource): string => (resource as unknown as { __pulumiType: string }).__pulumiType;

/** Jobs that import are many and long, and nothing waits for them in vain. */
const isWriter = (resource: Resource): boolean => {
  const type = typeOf(resource);
  const inputs = inputsOf.get(resource);
  if (type === jobToken) return writesObjects(inputs?.type);
  if (type === jobSetToken) return Output.isInstance(inputs?.jobs) || typesOf(inputs).some(writesObjects);
  return CustomResource.isInstance(resource) && Object.hasOwn(placesOf, type);
};

const writesObjects = (type: unknown): boolean => /^EXPORT_.*_S3$/.test(String(type));

/** Types of the jobs of a set that is given plainly. */
const typesOf = (inputs: Inputs | undefined): unknown[] =>
  Object.values((inputs?.jobs ?? {}) as Record<string, { type?: unknown }>).map(({ type }) => type);

/** Of the components here, those that export alone. */
const mayWrite = (resource: Resource): boolean => !/^dataexchange:index:(?!.*Export)/.test(typeOf(resource));

/** Where it writes, as far as that is known: a bucket that a preview does not know is none that is there. */
async function writtenBy(inputs: Inputs, resource: Resource): Promise<WrittenObject[]> {
  const places = await resolveInput(placesOf[typeOf(resource)]!(inputs) as Input<WrittenObject[]>);
  if (places.known) return places.value;
  const { bucket } = inputs as { bucket?: Input<string> };
  const known = await resolveInput(bucket);
  return known.known && known.value !== undefined ? [{ bucket: known.value }] : [];
}

const dataOf = (resource: Resource): Promise<unknown> =>
  ComponentResource.isInstance(resource)
    ? // What failed in it is said by it.
      (resource as unknown as { getData(): Promise<unknown> }).getData().catch(() => undefined)
    : Promise.resolve();

/** Every resource of the program so far, without the component itself. */
const declared = (component: Resource): Resource[] => {
  const stack = runtime.getStackResource() as Resource | undefined;
  return stack ? within(stack).filter((one) => one !== component) : [];
};

const within = (resource: Resource): Resource[] =>
  childrenOf(resource).flatMap((child) => [child, ...within(child)]);

function ancestorsOf(resource: Resource): Set<Resource> {
  const { __parentResource: parent } = resource as unknown as { __parentResource?: Resource };
  return parent ? new Set([parent, ...ancestorsOf(parent)]) : new Set();
}

/** Inputs as the program gave them: the outputs of a resource that waits for the component would never come. */
const inputsOf = new WeakMap<Resource, Inputs>();
const watched = new WeakSet<Resource>();

function watch(): void {
  const stack = runtime.getStackResource() as Resource | undefined;
  if (!stack || watched.has(stack)) return;
  watched.add(stack);
  runtime.registerStackTransformation(({ resource, type, props }) => {
    if (Object.hasOwn(placesOf, type)) inputsOf.set(resource, props);
    return undefined;
  });
}

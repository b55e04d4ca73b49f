import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string; readonly locationName?: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
}

interface Operation {
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
  readonly errors?: readonly { readonly shape: string }[];
}

interface Model {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** What every operation may answer with, whatever the model lists for it. */
const common = ['ThrottlingException', 'AccessDeniedException', 'ExpiredTokenException', 'ServerException'];

/** The description of a service that its vendor publishes: which members a request and an answer may and must have. */
export class ServiceModel {
  private readonly model: Model;

  constructor(model: Model) {
    this.model = model;
  }

  /** From botocore, which is installed with moto in `folder`. */
  static async load(folder: string, service: string): Promise<ServiceModel> {
    const python = (await readdir(join(folder, 'lib'))).find((name) => name.startsWith('python')) ?? '';
    const versions = join(folder, 'lib', python, 'site-packages/botocore/data', service);
    const newest = (await readdir(versions)).toSorted().at(-1) ?? '';
    const packed = await readFile(join(versions, newest, 'service-2.json.gz'));
    return new ServiceModel(JSON.parse(gunzipSync(packed).toString('utf8')) as Model);
  }

  request(operation: string, body: unknown): string[] {
    const shape = this.model.operations[operation]?.input?.shape;
    return shape === undefined ? [`${operation} is no operation`] : this.check(shape, body, operation);
  }

  answer(operation: string, body: unknown): string[] {
    const shape = this.model.operations[operation]?.output?.shape;
    return shape === undefined ? [`${operation} answers nothing`] : this.check(shape, body, `${operation} answer`);
  }

  error(operation: string, name: string): string[] {
    const named = this.model.operations[operation]?.errors ?? [];
    const known = [...named.map(({ shape }) => shape), ...common];
    return known.includes(name) ? [] : [`${operation} does not answer with ${name}`];
  }

  private check(name: string, value: unknown, path: string): string[] {
    const shape = this.model.shapes[name];
    if (!shape) return [`${path}: no shape ${name}`];
    switch (shape.type) {
      case 'structure':
        return this.structure(shape, value, path);
      case 'list':
        return Array.isArray(value)
          ? value.flatMap((item, at) => this.check(shape.member?.shape ?? '', item, `${path}[${at}]`))
          : [`${path} is no list`];
      case 'map':
        return Object.entries(value as object).flatMap(([key, item]) =>
          this.check(shape.value?.shape ?? '', item, `${path}.${key}`),
        );
      default:
        return scalar(shape, value, path);
    }
  }

  private structure(shape: Shape, value: unknown, path: string): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no structure`];
    const missing = (shape.required ?? []).filter((name) => !Object.hasOwn(value, name));
    const members = Object.entries(value).flatMap(([key, item]) => {
      const member = shape.members?.[key];
      return member ? this.check(member.shape, item, `${path}.${key}`) : [`${path}.${key} is unknown`];
    });
    return [...missing.map((name) => `${path}.${name} is missing`), ...members];
  }
}

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  timestamp: 'number',
};

function scalar(shape: Shape, value: unknown, path: string): string[] {
  const type = scalars[shape.type];
  if (type === undefined) return [`${path}: ${shape.type} is not checked`];
  if (typeof value !== type) return [`${path} is ${typeof value}, not ${shape.type}`];
  return shape.enum && !shape.enum.includes(String(value)) ? [`${path}: ${String(value)} is none of its values`] : [];
}

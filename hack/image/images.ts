/** One image of ours. A new one is a line in the table and a stage in a Dockerfile. */
export interface OurImage {
  readonly name: string;
  readonly dockerfile: string;
  /** The stage of the Dockerfile. */
  readonly target: string;
  /** The program inside: where it starts, and the file that the Dockerfile's stage `bundle` has it as. */
  readonly program: { readonly entry: string; readonly file: string };
  /**
   * Programs run in the image itself while it is built. So it is made on a machine of its platform, and what they write
   * has the time of the build, which is taken out afterwards: the layers are packed twice.
   */
  readonly runsWhileBuilt?: true;
}

export const images: readonly OurImage[] = [
  {
    name: 'operator',
    dockerfile: 'Dockerfile',
    target: 'operator',
    program: { entry: 'src/main.ts', file: 'vish/vish.js' },
  },
  {
    name: 'builder',
    dockerfile: 'Dockerfile.builder',
    target: 'builder',
    program: { entry: 'src/step.ts', file: 'step/step.js' },
    runsWhileBuilt: true,
  },
];

/** The images of these names; all of them when none is named. */
export function selectImages(names: readonly string[]): readonly OurImage[] {
  const unknown = names.find((name) => !images.some((image) => image.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no image "${unknown}": choose from ${images.map(({ name }) => name).join(', ')}`);
  }
  return names.length === 0 ? images : images.filter(({ name }) => names.includes(name));
}

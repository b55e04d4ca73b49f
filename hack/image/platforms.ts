import type { OurImage } from './images.ts';

/** What images can be made for, each with the name that Node has for its processor. */
const processors = { 'linux/amd64': 'x64', 'linux/arm64': 'arm64' } as const;
export type Platform = keyof typeof processors;

/** `linux/amd64,linux/arm64` as a list without repetitions, always in the same order. */
export function parsePlatforms(text: string): Platform[] {
  const wanted = new Set(text.split(','));
  const known = Object.keys(processors) as Platform[];
  const unknown = [...wanted].find((name) => !known.includes(name as Platform));
  if (unknown !== undefined) throw new Error(`--platform ${unknown}: choose from ${known.join(', ')}`);
  return known.filter((platform) => wanted.has(platform));
}

/** Those that this machine cannot run. */
export function foreign(platforms: readonly Platform[], processor: string = process.arch): Platform[] {
  return platforms.filter((platform) => processors[platform] !== processor);
}

export function processorOf(platform: Platform): string {
  return processors[platform];
}

/** Says before a long build what would fail at its end, or, with an emulator on the machine, take an hour. */
export function expectBuildable({ name, runsWhileBuilt }: OurImage, platforms: readonly Platform[]): void {
  const [first] = runsWhileBuilt === true ? foreign(platforms) : [];
  if (first === undefined) return;
  throw new Error(
    `the image ${name} runs its own programs while it is built: build it for ${first} on a machine of that platform, ` +
      'and leave --platform away',
  );
}

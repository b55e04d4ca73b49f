/**
 * Every image that a generated Dockerfile can begin with. `{version}` is the version of the language. Tags follow the
 * language's releases; to pin one, put `@sha256:...` behind its tag in an override.
 */
export const baseImages = {
  node: 'node:{version}-slim',
  bun: 'oven/bun:{version}-slim',
  deno: 'denoland/deno:{version}',
  python: 'python:{version}',
  'python-slim': 'python:{version}-slim',
  go: 'golang:{version}',
  rust: 'rust:{version}-slim-bookworm',
  maven: 'maven:3.9-eclipse-temurin-{version}',
  gradle: 'gradle:9-jdk{version}',
  jdk: 'eclipse-temurin:{version}-jdk',
  jre: 'eclipse-temurin:{version}-jre',
  ruby: 'ruby:{version}',
  'ruby-slim': 'ruby:{version}-slim',
  'php-apache': 'php:{version}-apache',
  php: 'dunglas/frankenphp:php{version}',
  composer: 'composer:2',
  'dotnet-sdk': 'mcr.microsoft.com/dotnet/sdk:{version}',
  aspnet: 'mcr.microsoft.com/dotnet/aspnet:{version}',
  elixir: 'elixir:{version}',
  'elixir-slim': 'elixir:{version}-slim',
  debian: 'debian:bookworm-slim',
  nginx: 'nginx:stable',
  empty: 'scratch',
} as const;

export type BaseImage = keyof typeof baseImages;

export interface ImageSettings {
  /** Stands before every name that is not overridden: `registry.internal/hub`. */
  readonly prefix?: string | undefined;
  readonly images?: readonly { readonly name: string; readonly image: string }[] | undefined;
}

export function imageName(image: BaseImage, version: string, { prefix, images = [] }: ImageSettings = {}): string {
  const override = images.find(({ name }) => name === image)?.image;
  const name = (override ?? baseImages[image]).replace('{version}', version);
  return override !== undefined || prefix === undefined || name === 'scratch' ? name : `${prefix}/${name}`;
}

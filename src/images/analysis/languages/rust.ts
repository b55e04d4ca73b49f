import { type Declaration, toolVersion, versionFile, versionOf } from '../plan/declared.ts';
import { fact } from '../plan/fact.ts';
import { libraries } from '../plan/libraries.ts';
import type { Draft } from '../plan/plan.ts';
import { unlocked } from '../plan/unlocked.ts';
import { at, type Json, keysAt, quoted, textAt } from '../read/json.ts';
import { readToml } from '../read/toml.ts';
import { AnalysisError, readCode, type Tree } from '../tree/tree.ts';

const versions = { known: ['1'], preferred: '1' };
const caches = ['/usr/local/cargo/registry', '/src/target'];
const frameworks = { axum: 'Axum', 'actix-web': 'Actix Web', rocket: 'Rocket', warp: 'Warp', poem: 'Poem' };

export function rust(tree: Tree): Draft | undefined {
  const manifest = readToml(tree, 'Cargo.toml');
  if (manifest === undefined) return undefined;
  const source = tree.name('Cargo.toml');
  const { version, notes } = versionOf(tree, declarations(manifest, source), versions);
  const binary = binaryOf(tree, manifest);
  const locked = tree.has('Cargo.lock') ? ' --locked' : '';
  const dependencies = new Set(keysAt(manifest, 'dependencies'));
  const framework = Object.entries(frameworks).find(([name]) => dependencies.has(name));
  const linked = linkedTo(tree);
  const build = `cargo build --release${locked} --bin ${binary.value}`;
  // What lies in a cache mount is in no layer.
  const keep = `${build} && mkdir -p /out && cp target/release/${binary.value} /out/app`;
  return {
    language: fact('rust', source, 'the file exists'),
    version,
    framework: framework && fact(framework[1], source, `${framework[0]} in [dependencies]`),
    packageManager: fact('cargo', source, 'the file exists'),
    build: { ...binary, value: build },
    start: { ...binary, value: framework?.[0] === 'rocket' ? rocket : ['/app'] },
    caches: caches.map((folder) => fact(folder, source, 'where Cargo keeps crates and what it compiled')),
    notes: [...notes, ...(locked === '' ? [unlocked('Cargo.lock', 'run "cargo generate-lockfile"')] : [])],
    stages: [
      {
        name: 'build',
        image: 'rust',
        version: version.value,
        instructions: [
          { do: 'workdir', path: '/src' },
          ...libraries(linked.flatMap(({ toBuild }) => toBuild)),
          { do: 'copy', paths: ['.'], to: './' },
          { do: 'run', command: keep, caches },
        ],
      },
      {
        name: 'run',
        image: 'debian',
        version: '',
        instructions: [
          ...libraries(linked.map(({ toRun }) => toRun)),
          { do: 'copy', from: 'build', paths: ['/etc/ssl/certs/'], to: '/etc/ssl/certs/' },
          { do: 'copy', from: 'build', paths: ['/out/app'], to: '/app' },
        ],
      },
    ],
  };
}

const links = [
  { crate: 'openssl-sys', toBuild: ['pkg-config', 'libssl-dev'], toRun: 'libssl3' },
  { crate: 'pq-sys', toBuild: ['libpq-dev'], toRun: 'libpq5' },
];

/** The lock file names them, because hardly anybody depends on them directly. */
function linkedTo(tree: Tree) {
  const crates = new Set((readCode(tree, 'Cargo.lock') ?? '').match(/^name = "[^"]{1,64}"$/gm));
  const isVendored = crates.has('name = "openssl-src"');
  return links.filter(({ crate }) => crates.has(`name = "${crate}"`) && !(isVendored && crate === 'openssl-sys'));
}

const rocket = ['sh', '-c', 'ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=$PORT exec /app'];

function declarations(manifest: Json, source: string): Declaration[] {
  const toolchain: Declaration = (tree) => {
    const channel = textAt(readToml(tree, 'rust-toolchain.toml'), 'toolchain', 'channel');
    return channel === undefined
      ? undefined
      : fact(channel.replace(/^stable$/, '1'), tree.name('rust-toolchain.toml'), `channel = "${channel}"`);
  };
  const minimum: Declaration = () => {
    const version = textAt(manifest, 'package', 'rust-version');
    return version === undefined ? undefined : fact(`>=${version}`, source, `rust-version = "${version}"`);
  };
  return [toolchain, versionFile('rust-toolchain'), toolVersion('rust'), minimum];
}

function binaryOf(tree: Tree, manifest: Json) {
  const source = tree.name('Cargo.toml');
  const [evidence, name] = binaryName(tree, manifest);
  if (name !== undefined && /^[\w-]{1,64}$/.test(name)) return fact(name, source, evidence);
  const members =
    at(manifest, 'workspace') === undefined ? '' : ' of this workspace; set path to the one that is wanted';
  throw new AnalysisError(
    `${source} names no single program${members}; set default-run in [package], or add a Dockerfile`,
  );
}

function binaryName(tree: Tree, manifest: Json): [evidence: string, name: string | undefined] {
  const wanted = textAt(manifest, 'package', 'default-run');
  if (wanted !== undefined) return [`default-run = "${wanted}"`, wanted];
  const bins = at(manifest, 'bin');
  const [first, ...more] = Array.isArray(bins) ? (bins as Json[]) : [];
  const named = textAt(first, 'name');
  if (named !== undefined) return [quoted('name', named), more.length === 0 ? named : undefined];
  const name = textAt(manifest, 'package', 'name');
  return [`name = "${name ?? ''}", src/main.rs`, tree.has('src/main.rs') ? name : undefined];
}

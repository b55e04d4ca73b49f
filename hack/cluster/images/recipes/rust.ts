import { versions } from '../versions.ts';
import { debian, install } from './debian.ts';
import type { Recipe } from './recipe.ts';

const home = 'RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo';
const { version, sha256 } = versions.rustup;
const host = { x64: 'x86_64-unknown-linux-gnu', arm64: 'aarch64-unknown-linux-gnu' }[process.arch as 'x64' | 'arm64'];
const installer = `https://static.rust-lang.org/rustup/archive/${version}/${host}/rustup-init`;

/** As the usual image does it: rustup by its checksum, which then checks what it fetches. */
const toolchain = `
cd /tmp
curl --fail --silent --show-error --location --output rustup-init ${installer}
echo "${sha256[process.arch as 'x64' | 'arm64']} rustup-init" | sha256sum --check --quiet
chmod +x rustup-init
${home} ./rustup-init -y -q --no-modify-path --profile minimal --default-toolchain ${versions.rust}
chmod -R a+w /usr/local/rustup /usr/local/cargo
rm -rf /usr/local/cargo/registry
apt-get purge -y -qq --auto-remove curl
`;

const series = versions.rust.split('.').slice(0, 2).join('.');

export const rust: Recipe = {
  name: 'rust-slim',
  source: import.meta.filename,
  references: ['1', series, versions.rust].map((tag) => `library/rust:${tag}-slim-bookworm`),
  parent: debian.name,
  madeFrom: `Rust ${versions.rust} by rustup ${version}, Debian packages gcc, libc6-dev`,
  script: install('ca-certificates gcc libc6-dev curl', toolchain),
  version: { command: `${home} /usr/local/cargo/bin/cargo --version`, expects: `cargo ${versions.rust} ` },
  settings: {
    Env: [
      'RUSTUP_HOME=/usr/local/rustup',
      'CARGO_HOME=/usr/local/cargo',
      `RUST_VERSION=${versions.rust}`,
      'PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ],
    Cmd: ['bash'],
  },
};

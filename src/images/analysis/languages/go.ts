import { toolVersion, versionOf } from '../plan/declared.ts';
import { fact } from '../plan/fact.ts';
import type { Draft } from '../plan/plan.ts';
import { unlocked } from '../plan/unlocked.ts';
import { linesOf, lineWith } from '../read/lines.ts';
import { AnalysisError, filesIn, isPlainPath, readCode, type Tree } from '../tree/tree.ts';

const versions = { known: ['1.24', '1.25', '1.26'], preferred: '1.26' };
const caches = ['/go/pkg/mod', '/root/.cache/go-build'];
const frameworks = {
  'github.com/gin-gonic/gin': 'Gin',
  'github.com/labstack/echo/v4': 'Echo',
  'github.com/gofiber/fiber/v2': 'Fiber',
};

export function go(tree: Tree): Draft | undefined {
  if (!tree.has('go.mod')) return undefined;
  const source = tree.name('go.mod');
  const declared = () => {
    const found = lineWith(tree, 'go.mod', /^go (\d+\.\d+)/);
    return found && fact(found.found, source, found.line);
  };
  const { version, notes } = versionOf(tree, [declared, toolVersion('golang', 'go')], versions);
  const main = mainPackage(tree);
  const build = `CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/bin/app ${main.value}`;
  const framework = Object.entries(frameworks).find(([module]) =>
    linesOf(tree, 'go.mod').some((line) => line.replace(/^require\s+/, '').startsWith(`${module} `)),
  );
  return {
    language: fact('go', source, 'the file exists'),
    version,
    framework: framework && fact(framework[1], source, framework[0]),
    packageManager: fact('go', source, 'the file exists'),
    install: fact('go mod download', source, 'the file exists'),
    build: { ...main, value: build },
    start: { ...main, value: ['/bin/app'] },
    caches: caches.map((folder) => fact(folder, source, 'where Go keeps modules and what it compiled')),
    notes: [...notes, ...(isUnlocked(tree) ? [unlocked('go.sum', 'run "go mod tidy"')] : [])],
    stages: [
      {
        name: 'build',
        image: 'go',
        version: version.value,
        instructions: [
          { do: 'workdir', path: '/src' },
          { do: 'copy', paths: ['go.mod', ...(tree.has('go.sum') ? ['go.sum'] : [])], to: './' },
          { do: 'run', command: 'go mod download', caches },
          { do: 'copy', paths: ['.'], to: './' },
          { do: 'run', command: build, caches },
          { do: 'run', command: 'mkdir -p /out/etc/ssl/certs /out/tmp && chmod 1777 /out/tmp' },
          { do: 'run', command: 'cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/' },
        ],
      },
      {
        name: 'run',
        image: 'empty',
        version: '',
        instructions: [{ do: 'copy', from: 'build', paths: ['/out/'], to: '/' }],
      },
    ],
  };
}

/** A module that requires nothing has no go.sum. */
function isUnlocked(tree: Tree): boolean {
  return !tree.has('go.sum') && lineWith(tree, 'go.mod', /^require\b/) !== undefined;
}

/** The root, or the only folder below cmd. */
function mainPackage(tree: Tree) {
  const main = (folder: string) =>
    filesIn(tree, folder).find(
      (file) =>
        file.endsWith('.go') && !file.endsWith('_test.go') && isMain(tree, folder === '.' ? file : `${folder}/${file}`),
    );
  const atRoot = main('.');
  if (atRoot !== undefined) return fact('.', tree.name(atRoot), 'package main');
  const folders = new Set(tree.files.flatMap((file) => /^(cmd\/[^/]+)\/[^/]+\.go$/.exec(file)?.[1] ?? []));
  const commands = [...folders].filter((folder) => isPlainPath(folder) && main(folder) !== undefined);
  const [only, ...more] = commands;
  if (only !== undefined && more.length === 0) return fact(`./${only}`, tree.name(only), 'the only package main');
  const found =
    commands.length === 0
      ? 'there is no package main'
      : `there are several programs (${commands.slice(0, 8).join(', ')})`;
  throw new AnalysisError(`${found} in the root and in cmd/*; add a Dockerfile that builds the wanted one`);
}

function isMain(tree: Tree, path: string): boolean {
  return /^package main\b/m.test(readCode(tree, path) ?? '');
}

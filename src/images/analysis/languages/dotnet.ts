import { type Declaration, versionOf } from '../plan/declared.ts';
import { fact } from '../plan/fact.ts';
import type { Draft } from '../plan/plan.ts';
import { quoted, readJson, textAt } from '../read/json.ts';
import { type Element, xmlElements } from '../read/xml.ts';
import { AnalysisError, isPlainPath, type Tree } from '../tree/tree.ts';

const versions = { known: ['8.0', '9.0', '10.0'], preferred: '10.0' };
const cache = '/root/.nuget/packages';

export function dotnet(tree: Tree): Draft | undefined {
  const projects = tree.files.filter((file) => /^(?:[^/]{1,100}\/){0,2}[^/]{1,100}\.[cf]sproj$/.test(file));
  if (projects.length === 0) return undefined;
  const { file, elements } = webProject(tree, projects);
  const source = tree.name(file);
  const { version, notes } = versionOf(tree, [framework(elements, source), sdk], versions);
  const own = elements.find(({ path }) => path.endsWith('/AssemblyName'))?.text;
  const assembly = own ?? (file.split('/').at(-1) ?? '').replace(/\.[cf]sproj$/, '');
  if (!/^[\w.-]{1,100}$/.test(assembly))
    throw new AnalysisError(`${source} has an AssemblyName that cannot be used as a file name`);
  const publish = `dotnet publish ${file} --configuration Release --output /out`;
  return {
    language: fact('dotnet', source, 'the file exists'),
    version,
    framework: fact('ASP.NET Core', source, 'Microsoft.NET.Sdk.Web'),
    packageManager: fact('nuget', source, 'the file exists'),
    build: fact(publish, source, 'Microsoft.NET.Sdk.Web'),
    start: fact(
      ['sh', '-c', `ASPNETCORE_HTTP_PORTS=$PORT exec dotnet /app/${assembly}.dll`],
      source,
      'what the build makes',
    ),
    caches: [fact(cache, source, 'where NuGet keeps packages')],
    notes,
    stages: [
      {
        name: 'build',
        image: 'dotnet-sdk',
        version: version.value,
        instructions: [
          { do: 'workdir', path: '/src' },
          { do: 'copy', paths: ['.'], to: './' },
          { do: 'run', command: publish, caches: [cache] },
        ],
      },
      {
        name: 'run',
        image: 'aspnet',
        version: version.value,
        instructions: [
          { do: 'workdir', path: '/app' },
          { do: 'copy', from: 'build', paths: ['/out/'], to: '/app/' },
        ],
      },
    ],
  };
}

function webProject(tree: Tree, projects: readonly string[]) {
  const read = projects.slice(0, 50).map((file) => ({ file, elements: xmlElements(tree.read(file) ?? '') }));
  const web = read.filter(
    ({ file, elements }) =>
      isPlainPath(file) &&
      elements.some(({ path, attributes }) => path === 'Project' && attributes.includes('Microsoft.NET.Sdk.Web')),
  );
  const [only, ...more] = web;
  if (only !== undefined && more.length === 0) return only;
  const found =
    web.length === 0
      ? 'no project uses Microsoft.NET.Sdk.Web'
      : `several projects do (${web
          .slice(0, 5)
          .map(({ file }) => file)
          .join(', ')})`;
  throw new AnalysisError(
    `of the .NET projects, ${found}; set path to the folder of the one that is wanted, or add a Dockerfile`,
  );
}

function framework(elements: readonly Element[], source: string): Declaration {
  const target = elements.find(({ path }) => path.endsWith('/TargetFramework'))?.text;
  const version = /^net(\d{1,2}\.\d)$/.exec(target ?? '')?.[1];
  return () =>
    version === undefined ? undefined : fact(version, source, `<TargetFramework>${target}</TargetFramework>`);
}

const sdk: Declaration = (tree) => {
  const version = textAt(readJson(tree, 'global.json'), 'sdk', 'version');
  const short = /^\d{1,2}\.\d/.exec(version ?? '')?.[0];
  return version === undefined || short === undefined
    ? undefined
    : fact(short, tree.name('global.json'), quoted('version', version));
};

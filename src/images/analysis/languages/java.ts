import { type Declaration, toolVersion, versionFile, versionOf } from '../plan/declared.ts';
import { fact } from '../plan/fact.ts';
import type { Draft, Stage } from '../plan/plan.ts';
import { lineWith } from '../read/lines.ts';
import { type Element, xmlElements } from '../read/xml.ts';
import { AnalysisError, firstOf, type Tree } from '../tree/tree.ts';

const versions = { known: ['17', '21', '25'], preferred: '21' };
const jvm = 'java -XX:MaxRAMPercentage=75 -jar /app/app.jar';
/** Spring does not know PORT; others do not mind. */
const start = ['sh', '-c', `SERVER_PORT=$PORT exec ${jvm}`];

export function java(tree: Tree): Draft | undefined {
  if (tree.has('pom.xml')) return maven(tree);
  const gradle = firstOf(tree, ['build.gradle.kts', 'build.gradle']);
  return gradle === undefined ? undefined : gradleDraft(tree, gradle);
}

function maven(tree: Tree): Draft {
  const source = tree.name('pom.xml');
  const elements = xmlElements(tree.read('pom.xml') ?? '');
  const isSpring = elements.some(({ text }) => text.startsWith('org.springframework.boot'));
  if (elements.some(({ path }) => path === 'project/modules/module')) {
    throw new AnalysisError(`${source} has modules; which of them runs, and how, needs a Dockerfile`);
  }
  const { version, notes } = versionOf(tree, [mavenVersion(elements, source), ...files], versions);
  const command = 'mvn --batch-mode -DskipTests package';
  return {
    ...common(tree, { source, name: 'maven', isSpring, command, cache: '/root/.m2' }),
    version,
    health: elements.some(({ text }) => text === 'spring-boot-starter-actuator')
      ? fact('/actuator/health', source, 'spring-boot-starter-actuator')
      : undefined,
    notes: [
      ...notes,
      ...(isRunnable(elements, isSpring) ? [] : [`${source} names no mainClass: the jar may not start`]),
    ],
    stages: [
      buildStage('maven', version.value, { command, cache: '/root/.m2', jars: 'target' }),
      runStage(version.value),
    ],
  };
}

function gradleDraft(tree: Tree, file: string): Draft {
  const source = tree.name(file);
  const spring = lineWith(tree, file, /org\.springframework\.boot/);
  const declared: Declaration = () => {
    const found = lineWith(
      tree,
      file,
      /(?:JavaLanguageVersion\.of\(|sourceCompatibility\s{0,9}=\s{0,9}['"]?(?:JavaVersion\.VERSION_)?|jvmToolchain\()(\d{1,2})/,
    );
    return found && fact(found.found, source, found.line);
  };
  const { version, notes } = versionOf(tree, [declared, ...files], versions);
  const wrapper = tree.has('gradlew');
  const task = spring === undefined ? 'assemble' : 'bootJar';
  const command = `${wrapper ? 'sh ./gradlew' : 'gradle'} --no-daemon ${task}`;
  const actuator = lineWith(tree, file, /spring-boot-starter-actuator/);
  const making = { command, cache: '/root/.gradle', jars: 'build/libs' };
  return {
    ...common(tree, { source, name: 'gradle', isSpring: spring !== undefined, command, cache: making.cache }),
    version,
    health: actuator && fact('/actuator/health', source, actuator.line),
    notes,
    stages: [buildStage(wrapper ? 'jdk' : 'gradle', version.value, making), runStage(version.value)],
  };
}

interface Common {
  readonly source: string;
  readonly name: string;
  readonly isSpring: boolean;
  readonly command: string;
  readonly cache: string;
}

function common(_: Tree, { source, name, isSpring, command, cache }: Common) {
  return {
    language: fact('java' as const, source, 'the file exists'),
    framework: isSpring ? fact('Spring Boot', source, 'org.springframework.boot') : undefined,
    packageManager: fact(name, source, 'the file exists'),
    build: fact(command, source, 'the file exists'),
    start: fact(start, source, 'the jar that the build makes'),
    caches: [fact(cache, source, `where ${name} keeps libraries`)],
  };
}

const files = [versionFile('.java-version'), toolVersion('java')];

function mavenVersion(elements: readonly Element[], source: string): Declaration {
  const names = ['maven.compiler.release', 'java.version', 'maven.compiler.target', 'maven.compiler.source'];
  return () => {
    for (const name of names) {
      const found = elements.find(({ path }) => path === `project/properties/${name}`);
      if (found !== undefined)
        return fact(found.text.replace(/^1\.8$/, '8'), source, `<${name}>${found.text}</${name}>`);
    }
    return undefined;
  };
}

function isRunnable(elements: readonly Element[], isSpring: boolean): boolean {
  return isSpring || elements.some(({ path }) => path.endsWith('/mainClass'));
}

interface Making {
  readonly command: string;
  readonly cache: string;
  readonly jars: string;
}

function buildStage(image: 'maven' | 'gradle' | 'jdk', version: string, { command, cache, jars }: Making): Stage {
  // Beside the program stand jars of its sources, and with Spring one without its libraries.
  const pick = `find ${jars} -maxdepth 1 -name '*.jar' ! -name '*-plain.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name 'original-*'`;
  return {
    name: 'build',
    image,
    version,
    instructions: [
      { do: 'workdir', path: '/src' },
      { do: 'copy', paths: ['.'], to: './' },
      { do: 'run', command, caches: [cache] },
      { do: 'run', command: `mkdir -p /out && cp "$(${pick} | head -n 1)" /out/app.jar` },
    ],
  };
}

function runStage(version: string): Stage {
  return {
    name: 'run',
    image: 'jre',
    version,
    instructions: [
      { do: 'workdir', path: '/app' },
      { do: 'copy', from: 'build', paths: ['/out/app.jar'], to: '/app/app.jar' },
    ],
  };
}

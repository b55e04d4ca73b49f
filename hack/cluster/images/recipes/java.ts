import { versions } from '../versions.ts';
import { debian, install } from './debian.ts';
import type { Recipe } from './recipe.ts';

/** Debian's build of OpenJDK, under the name of another build of the same release. */
const release = '17';
const home = `/usr/lib/jvm/java-${release}-openjdk-${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
const settings = { Env: [`JAVA_HOME=${home}`, 'LC_ALL=C.UTF-8'] };
const version = { command: 'java -version 2>&1', expects: `openjdk version "${release}.` };

/** The packages link their manuals into a folder that an image without manuals has not got, and fail. */
const manuals = 'mkdir -p /usr/share/man/man1\n';

export const jre: Recipe = {
  name: 'jre',
  source: import.meta.filename,
  references: [`library/eclipse-temurin:${release}-jre`],
  parent: debian.name,
  madeFrom: `Debian package openjdk-${release}-jre-headless`,
  script: `${manuals}${install(`ca-certificates openjdk-${release}-jre-headless`)}`,
  version,
  settings: { ...settings, Cmd: ['bash'] },
};

export const jdk: Recipe = {
  name: 'jdk',
  source: import.meta.filename,
  references: [`library/eclipse-temurin:${release}-jdk`],
  parent: jre.name,
  madeFrom: `Debian package openjdk-${release}-jdk-headless`,
  script: `${manuals}${install(`openjdk-${release}-jdk-headless`)}`,
  version: { command: 'javac -version 2>&1', expects: `javac ${release}.` },
  settings: { ...settings, Cmd: ['jshell'] },
};

const series = versions.maven.split('.').slice(0, 2).join('.');
const archive = `https://repo.maven.apache.org/maven2/org/apache/maven/apache-maven/${versions.maven}/apache-maven-${versions.maven}-bin.tar.gz`;

/** Debian's own is of an older series than the tag says. */
const unpack = `
cd /tmp
curl --fail --silent --show-error --location --output maven.tar.gz ${archive}
echo "${versions.mavenSha512} maven.tar.gz" | sha512sum --check --quiet
mkdir -p /usr/share/maven
tar -xzf maven.tar.gz -C /usr/share/maven --strip-components=1 --no-same-owner
ln -s /usr/share/maven/bin/mvn /usr/bin/mvn
apt-get purge -y -qq --auto-remove curl
`;

export const maven: Recipe = {
  name: 'maven',
  source: import.meta.filename,
  references: [`library/maven:${series}-eclipse-temurin-${release}`],
  parent: jdk.name,
  madeFrom: `Apache Maven ${versions.maven} from Maven Central`,
  script: install('curl', unpack),
  version: { command: `JAVA_HOME=${home} mvn --version`, expects: `Apache Maven ${versions.maven} ` },
  settings: { Env: [...settings.Env, 'MAVEN_HOME=/usr/share/maven', 'MAVEN_CONFIG=/root/.m2'], Cmd: ['mvn'] },
};

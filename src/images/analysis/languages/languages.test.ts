import { expect, it } from 'vitest';
import { fixtureTree, planOf, refusalOf, valuesOf } from '../../../../test/support/plans.ts';

const spring = '<parent><groupId>org.springframework.boot</groupId></parent>';
const web =
  '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>';

it.each([
  [
    {
      'go.mod': 'module x\n\ngo 1.25.3\n\nrequire github.com/gin-gonic/gin v1.10.0\n',
      'cmd/api/main.go': 'package main\n',
    },
    { language: 'go', version: '1.25', framework: 'Gin', start: '/bin/app' },
  ],
  [
    {
      'Cargo.toml':
        '[package]\nname = "x"\nrust-version = "1.80"\n[dependencies]\nrocket = { version = "0.5" }\n[[bin]]\nname = "web"\n',
      'rust-toolchain.toml': '[toolchain]\nchannel = "1.82"\n',
    },
    { language: 'rust', version: '1.82', framework: 'Rocket', build: 'cargo build --release --bin web' },
  ],
  [
    {
      'pom.xml': `<project>${spring}<properties><java.version>21</java.version></properties><dependencies><dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency></dependencies></project>`,
    },
    { language: 'java', version: '21', framework: 'Spring Boot', packages: 'maven', health: '/actuator/health' },
  ],
  [
    {
      'build.gradle.kts':
        'plugins {\n  id("org.springframework.boot") version "3.5.0"\n}\njava { toolchain { languageVersion = JavaLanguageVersion.of(17) } }\n',
      gradlew: '',
    },
    { language: 'java', version: '17', framework: 'Spring Boot', build: 'sh ./gradlew --no-daemon bootJar' },
  ],
  [
    {
      Gemfile: 'ruby "3.3.6"\ngem "rails", "~> 8.0"\ngem "propshaft"\n',
      'config/application.rb': '',
      'config/routes.rb': 'get "up" => "rails/health#show", as: :rails_health_check',
    },
    {
      language: 'ruby',
      version: '3.3.6',
      framework: 'Rails',
      health: '/up',
      start: 'exec bundle exec rails server -b 0.0.0.0 -p $PORT',
    },
  ],
  [
    { Gemfile: 'gem "sinatra"', 'config.ru': '', '.ruby-version': 'ruby-3.2.2' },
    { language: 'ruby', version: '3.2.2', framework: 'Sinatra', start: 'exec bundle exec rackup -o 0.0.0.0 -p $PORT' },
  ],
  [
    {
      'composer.json': '{"require": {"php": "^8.2", "ext-intl": "*", "laravel/framework": "^12.0"}}',
      artisan: '',
      'public/index.php': '',
      'package.json': '{}',
    },
    {
      language: 'php',
      version: '8.4',
      framework: 'Laravel',
      packages: 'composer',
      start: 'exec frankenphp php-server --listen :$PORT --root /app/public',
    },
  ],
  [
    { 'src/Shop.csproj': web, 'test/Shop.Tests.csproj': '<Project Sdk="Microsoft.NET.Sdk"/>' },
    {
      language: 'dotnet',
      version: '9.0',
      framework: 'ASP.NET Core',
      start: 'ASPNETCORE_HTTP_PORTS=$PORT exec dotnet /app/Shop.dll',
    },
  ],
  [
    {
      'mix.exs': 'def project do\n[app: :shop, elixir: "~> 1.17"]\n{:phoenix, "~> 1.8"},\n"assets.deploy": [',
      '.tool-versions': 'elixir 1.17.3-otp-27',
    },
    {
      language: 'elixir',
      version: '1.17.3',
      framework: 'Phoenix',
      build: 'mix assets.deploy && mix release --path /out',
      start: '/app/bin/shop start',
    },
  ],
  [
    { 'deno.jsonc': '{"imports": {"a": "jsr:@a/b"}, /* none */}', 'main.ts': 'Deno.serve(() => 1)', 'deno.lock': '{}' },
    {
      language: 'deno',
      install: 'deno cache --frozen main.ts',
      start: 'deno run --allow-net --allow-env --allow-read --allow-sys main.ts',
    },
  ],
  [{ 'public/index.html': '<p>' }, { language: 'static', output: 'public', health: '/' }],
  [
    {
      'manage.py': '',
      'requirements.txt': 'Django==5.2\n',
      'shop/settings.py': 'WSGI_APPLICATION = "shop.wsgi.application"\n',
    },
    { framework: 'Django', start: 'exec gunicorn shop.wsgi:application --bind 0.0.0.0:$PORT' },
  ],
  [
    {
      'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.12"\nfastapi = "*"\n',
      'poetry.lock': '',
      'api/main.py': 'service = FastAPI(\n',
    },
    {
      framework: 'FastAPI',
      packages: 'poetry',
      version: '3.13',
      start: 'exec uvicorn api.main:service --host 0.0.0.0 --port $PORT',
    },
  ],
  [
    { 'requirements.txt': 'requests', 'main.py': '' },
    { language: 'python', start: 'python3 main.py' },
  ],
  [
    { 'requirements.txt': 'x', Procfile: 'release: a\nweb: gunicorn odd.place:app --workers 3\n' },
    { language: 'python', start: 'gunicorn odd.place:app --workers 3' },
  ],
])('reads %j', (files, values) => {
  expect(valuesOf(planOf(files))).toMatchObject(values);
});

it.each([
  [{ 'go.mod': 'go 1.26' }, 'there is no package main'],
  [
    { 'go.mod': 'go 1.26', 'cmd/a/m.go': 'package main', 'cmd/b/m.go': 'package main' },
    'several programs (cmd/a, cmd/b)',
  ],
  [{ 'Cargo.toml': '[workspace]\nmembers = ["a"]' }, 'names no single program of this workspace; set path'],
  [{ 'Cargo.toml': '[package' }, 'Cargo.toml is no TOML (line 1: "]" is missing)'],
  [{ 'pom.xml': '<project><modules><module>a</module></modules></project>' }, 'pom.xml has modules'],
  [{ Gemfile: '' }, 'no config.ru, server.rb, app.rb or main.rb'],
  [{ 'a/A.csproj': '<Project Sdk="Microsoft.NET.Sdk"></Project>' }, 'no project uses Microsoft.NET.Sdk.Web'],
  [{ 'mix.exs': '' }, 'mix.exs names no app'],
  [{ 'deno.json': '{}' }, 'deno.json has no task "start"'],
  [{ Pipfile: '', 'main.py': '' }, 'Pipfile alone is not followed; add what "pipenv requirements" prints'],
  [{ 'requirements.txt': 'x' }, 'add main.py or app.py, or a Procfile'],
  [{ 'manage.py': '', 'requirements.txt': 'django' }, 'name no WSGI_APPLICATION'],
  [{ 'README.md': '# Hello' }, 'no kind of project is recognised in "."'],
])('refuses %j with a sentence', (files, message) => {
  expect(refusalOf(files)).toContain(message);
});

it('looks for the program in files of a usual size', () => {
  const files = { 'go.mod': 'go 1.26', 'a.go': `package main\n${'x'.repeat(2 ** 20)}`, 'b.go': 'package main' };

  expect(planOf(files).start.source).toBe('b.go');
});

it('adds a server where the project has none, and says so', () => {
  const flask = { 'requirements.txt': 'flask', 'app.py': 'app = Flask(__name__)' };

  expect(planOf(flask).notes).toContainEqual(expect.stringContaining('gunicorn=='));
  expect(planOf({ ...flask, 'requirements.txt': 'flask\ngunicorn' }).notes).toEqual([]);
});

it('installs the extensions of PHP that no image has', () => {
  const plan = planOf({
    'composer.json': '{"require": {"ext-intl": "*", "ext-json": "*", "ext-x; id": "*"}}',
    'index.php': '',
  });

  expect(JSON.stringify(plan.stages)).toContain('"install-php-extensions zip intl"');
});

const crates = (...names: string[]) => names.map((name) => `[[package]]\nname = "${name}"\n`).join('');
const cargo = { 'Cargo.toml': '[package]\nname = "x"\n', 'src/main.rs': '' };

it.each([
  [{ 'requirements.txt': 'psycopg2\nmysqlclient', 'main.py': '' }, [undefined, 'libmariadb3 libpq5']],
  [{ 'requirements.txt': 'psycopg2-binary', 'main.py': '' }, [undefined, undefined]],
  [{ Gemfile: 'gem "pg", "~> 1.6"', 'server.rb': '' }, [undefined, 'libpq5']],
  [{ ...cargo, 'Cargo.lock': crates('openssl-sys', 'pq-sys') }, ['libpq-dev libssl-dev pkg-config', 'libpq5 libssl3']],
  [{ ...cargo, 'Cargo.lock': crates('openssl-sys', 'openssl-src') }, [undefined, undefined]],
  [
    { 'package.json': '{"scripts": {"start": "node a"}, "dependencies": {"@prisma/client": "6"}}' },
    ['openssl', 'openssl'],
  ],
])('adds the libraries that %j is linked to, where it is built and where it runs', (files, installed) => {
  const { stages } = planOf(files);

  expect(
    stages.map(({ instructions }) => /no-install-recommends (.*?) &&/.exec(JSON.stringify(instructions))?.[1]),
  ).toEqual(installed);
});

it('gives Composer what it unpacks with, and Laravel the databases that it may be given', () => {
  const extensions = (name: string) =>
    /install-php-extensions ([^"]*)"/.exec(JSON.stringify(planOf(fixtureTree(name)).stages))?.[1];

  expect([extensions('laravel'), extensions('php')]).toEqual(['zip pdo_mysql pdo_pgsql intl', undefined]);
});

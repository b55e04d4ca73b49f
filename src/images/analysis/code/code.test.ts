import { expect, it } from 'vitest';
import { planOf } from '../../../../test/support/plans.ts';

const node = (code: string) => ({ 'package.json': '{"scripts": {"start": "node server.js"}}', 'server.js': code });

it('names the variables that code reads, which are secrets, and which are part of a page', () => {
  const plan = planOf({
    ...node(
      'connect(process.env.DATABASE_URL ?? "postgres://u:hunter2@h"); process.env["API_TOKEN"]; import.meta.env.VITE_TITLE',
    ),
    '.env.example': '# words\nMAIL_FROM=boss@example.com\nexport SESSION_SECRET=hunter2\n',
    'server.test.js': 'process.env.ONLY_IN_TESTS',
  });

  expect(plan.variables).toEqual([
    { value: 'API_TOKEN', source: 'server.js', evidence: 'process.env["API_TOKEN"]', secret: true, atBuild: false },
    { value: 'DATABASE_URL', source: 'server.js', evidence: 'process.env.DATABASE_URL', secret: true, atBuild: false },
    { value: 'MAIL_FROM', source: '.env.example', evidence: 'MAIL_FROM=', secret: false, atBuild: false },
    { value: 'SESSION_SECRET', source: '.env.example', evidence: 'SESSION_SECRET=', secret: true, atBuild: false },
    { value: 'VITE_TITLE', source: 'server.js', evidence: 'import.meta.env.VITE_TITLE', secret: false, atBuild: true },
  ]);
  expect(JSON.stringify(plan)).not.toContain('hunter2');
});

it.each([
  ['a.py', 'os.environ["A_KEY"]; os.getenv("BB")', ['A_KEY', 'BB']],
  ['a.go', 'os.Getenv("AA"); os.LookupEnv("BB")', ['AA', 'BB']],
  ['a.rs', 'std::env::var("AA")', ['AA']],
  ['a.rb', 'ENV.fetch(\'AA\') ; ENV["BB"]', ['AA', 'BB']],
  ['a.php', "getenv('AA'); env('BB')", ['AA', 'BB']],
  ['A.java', 'System.getenv("AA")', ['AA']],
  ['a.cs', 'Environment.GetEnvironmentVariable("AA")', ['AA']],
  ['a.exs', 'System.fetch_env!("AA")', ['AA']],
])('reads %s', (file, code, names) => {
  const { variables } = planOf({ 'index.html': '', [file]: code });

  expect(variables.map(({ value }) => value)).toEqual(names);
});

it.each([
  ['app.listen(process.env.PORT || 3000)', 8080, 'env.PORT'],
  ['app.listen(4000)', 4000, '.listen(4000'],
  ['app.listen({ host: "::", port: 4100 })', 4100, 'listen({ host: "::", port: 4100'],
  ['app.listen(80)', 8080, 'the image sets PORT to it'],
  ['app.listen(99999)', 8080, 'the image sets PORT to it'],
])('finds the port of %s', (code, value, evidence) => {
  expect(planOf(node(code)).port).toMatchObject({ value, evidence });
});

it('passes by code that is too large, and reads what has to be read after it', () => {
  const large = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`a${index}.js`, `${' '.repeat(190_000)}process.env.A${index}`]),
  );
  const repository = {
    ...node(''),
    ...large,
    'large.js': `${' '.repeat(300_000)}process.env.NEVER`,
    '.env.example': 'LAST=',
  };

  const names = planOf(repository).variables.map(({ value }) => value);

  expect(names).toContain('LAST');
  expect(names).not.toContain('NEVER');
  expect(names.length).toBeLessThan(60);
});

it('finds no health path where the code has none', () => {
  expect(planOf(node('get("/healthy")')).health).toBeUndefined();
  expect(planOf(node('get("/api/health")')).health).toMatchObject({ value: '/api/health' });
});

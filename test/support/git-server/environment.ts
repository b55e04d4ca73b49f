/**
 * git with nothing of the machine: no user's or system's settings, no hooks, no prompts. `safe.directory` because the
 * folder may belong to another user, as in a container.
 */
const settings = {
  'safe.directory': '*',
  'init.defaultBranch': 'main',
  'uploadpack.allowAnySHA1InWant': 'true',
  'http.receivepack': 'true',
  'user.name': 'Test',
  'user.email': 'test@example.com',
};

export function cleanEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const pairs = Object.entries(settings);
  const numbered = pairs.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(pairs.length),
    ...Object.fromEntries(numbered),
    ...more,
  };
}

import { type ImageSettings, imageName } from '../analysis/plan/base-images.ts';
import { isBaseImage } from '../analysis/plan/images.ts';
import type { Instruction, Plan, Stage } from '../analysis/plan/plan.ts';

/** The Dockerfile of a plan. The same plan and settings give the same text. */
export function renderDockerfile(plan: Plan, settings: ImageSettings = {}): string {
  const stages = plan.stages.map((stage, index) => [
    `FROM ${word(imageName(stage.image, stage.version, settings))} AS ${stage.name}`,
    ...(index === 0 ? argumentsOf(plan) : []),
    ...stage.instructions.map((instruction) => lineOf(instruction, plan, settings)),
    ...(index === plan.stages.length - 1 ? runningLines(plan) : []),
  ]);
  const header = `# ${title(plan)}; made from the files of the repository.`;
  return `${[header, ...stages.map((lines) => `\n${lines.join('\n')}`)].join('\n')}\n`;
}

/** What becomes part of the result is given by build.args; the shell of each command then sees it. */
function argumentsOf({ variables }: Plan): string[] {
  return variables.filter(({ atBuild }) => atBuild).map(({ value }) => `ARG ${value}`);
}

function runningLines({ port, user, start }: Plan): string[] {
  return [
    `ENV PORT=${port.value} HOME=/tmp`,
    `USER ${user.value}:${user.value}`,
    `EXPOSE ${port.value}`,
    // That of the base image is for other programs.
    'ENTRYPOINT []',
    `CMD ${json(start.value)}`,
  ];
}

function lineOf(instruction: Instruction, plan: Plan, settings: ImageSettings): string {
  switch (instruction.do) {
    case 'workdir':
      return `WORKDIR ${word(instruction.path)}`;
    case 'env':
      return `ENV ${Object.entries(instruction.variables)
        .map(([name, value]) => `${name}=${word(value)}`)
        .join(' ')}`;
    case 'copy':
      return `COPY ${from(instruction.from, plan.stages, settings)}${[...instruction.paths, instruction.to].map(word).join(' ')}`;
    case 'write':
      return [`COPY <<'EOF' ${word(instruction.file)}`, ...instruction.lines.map(line), 'EOF'].join('\n');
    default:
      return `RUN ${(instruction.caches ?? []).map((folder) => mount(folder, plan.path)).join('')}${line(instruction.command)}`;
  }
}

/** Locked, because not every package manager lets two of its kind work on one folder. */
function mount(folder: string, path: string): string {
  return `--mount=type=cache,id=${word(path)}:${word(folder)},target=${word(folder)},sharing=locked `;
}

function from(name: string | undefined, stages: readonly Stage[], settings: ImageSettings): string {
  if (name === undefined) return '';
  return `--from=${word(isBaseImage(name, stages) ? imageName(name, '', settings) : name)} `;
}

function title({ language, version, framework }: Plan): string {
  return line(
    [framework?.value, language.value, version.value].filter((part) => part !== undefined && part !== '').join(', '),
  );
}

/** The last guard: what a repository says must not end an instruction and begin another one. */
function line(text: string): string {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) || text === 'EOF')
    throw new Error(`not for a Dockerfile: ${JSON.stringify(text)}`);
  return text;
}

function word(text: string): string {
  if (!/^[\w@.$:+/-]+$/.test(text)) throw new Error(`not a word for a Dockerfile: ${JSON.stringify(text)}`);
  return text;
}

function json(words: readonly string[]): string {
  return `[${words.map((each) => JSON.stringify(line(each))).join(', ')}]`;
}

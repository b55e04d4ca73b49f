const hiddenFields = new Set(['level', 'time', 'msg']);

/** One JSON line as a line for people: `12:00:00.000 INFO  message key=value`, and the stack below it. */
export function pretty(json: string): string {
  const line = JSON.parse(json) as Record<string, unknown>;
  const error = line['err'] as { message?: string; stack?: string } | undefined;
  const fields = Object.entries(line)
    .filter(([name]) => !hiddenFields.has(name))
    .map(([name, value]) => ` ${name}=${name === 'err' ? JSON.stringify(error?.message) : plain(value)}`);
  const time = String(line['time']).slice(11, 23);
  const stack = error?.stack ? `\n${error.stack}` : '';
  return `${time} ${String(line['level']).toUpperCase().padEnd(5)} ${String(line['msg'])}${fields.join('')}${stack}\n`;
}

/** Quoted where it could be misread, so that a value with a line feed cannot pose as a line of its own. */
function plain(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value);
}

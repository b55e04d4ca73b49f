import type { LogFields, Logger } from '../../src/kube/log/logger.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  level: Level;
  message: string;
  fields: LogFields;
}

export interface RecordingLogger extends Logger {
  readonly lines: LogLine[];
  /** The lines of one level, each as one flat object. */
  at(level: Level): LogFields[];
}

/** A logger that keeps its lines, those of its children too, with the fields of every parent. */
export function recordingLogger(lines: LogLine[] = [], bound: LogFields = {}): RecordingLogger {
  const write = (level: Level) => (fields: LogFields, message: string) => {
    lines.push({ level, message, fields: { ...bound, ...fields } });
  };
  return {
    lines,
    at: (level) => {
      const found = lines.filter((line) => line.level === level);
      return found.map(({ message, fields }) => Object.assign({ level, message }, fields));
    },
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => recordingLogger(lines, { ...bound, ...fields }),
  };
}

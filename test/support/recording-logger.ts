import type { LogFields, Logger } from '../../src/kube/log/logger.ts';

export interface LogLine extends LogFields {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
}

/** Keeps what is logged, with the fields of every parent. */
export class RecordingLogger implements Logger {
  readonly lines: LogLine[];
  private readonly fields: LogFields;

  constructor(fields: LogFields = {}, lines: LogLine[] = []) {
    this.fields = fields;
    this.lines = lines;
  }

  debug(fields: LogFields, message: string): void {
    this.lines.push({ ...this.fields, ...fields, level: 'debug', message });
  }

  info(fields: LogFields, message: string): void {
    this.lines.push({ ...this.fields, ...fields, level: 'info', message });
  }

  warn(fields: LogFields, message: string): void {
    this.lines.push({ ...this.fields, ...fields, level: 'warn', message });
  }

  error(fields: LogFields, message: string): void {
    this.lines.push({ ...this.fields, ...fields, level: 'error', message });
  }

  child(fields: LogFields): Logger {
    return new RecordingLogger({ ...this.fields, ...fields }, this.lines);
  }

  at(level: LogLine['level']): LogLine[] {
    return this.lines.filter((line) => line.level === level);
  }
}

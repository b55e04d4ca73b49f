import { type LogLevel, logLevels } from '../log/create-logger.ts';
import { notFound, type RequestHandler } from './reply.ts';

const place = '/log-level/';

/** `PUT /log-level/debug`: holds for this process, until it is set again or ends. */
export function logLevelSwitch(setLevel: (level: LogLevel) => void): RequestHandler {
  return async ({ path }) => {
    if (!path.startsWith(place)) return notFound;
    const wanted = path.slice(place.length);
    const level = logLevels.find((known) => known === wanted);
    if (level === undefined) return { status: 400, body: `choose one of ${logLevels.join(', ')}\n` };
    setLevel(level);
    return { status: 200, body: `log level ${level}\n` };
  };
}

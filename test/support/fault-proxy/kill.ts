import type { Socket } from 'node:net';

/**
 * With a reset, unless the socket's own end is on its way already: the kernel's side then refuses the reset (EINVAL), and
 * node forgets the handle without closing it.
 */
export function kill(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

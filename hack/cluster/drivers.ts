import { bareDriver } from './bare/driver.ts';
import { contextDriver } from './context/driver.ts';
import type { Driver } from './driver.ts';
import { kindDriver } from './kind/kind.ts';

/** Every way to make a cluster; of those that need no name the first that works is taken. */
export const drivers: readonly Driver[] = [contextDriver, kindDriver, bareDriver];

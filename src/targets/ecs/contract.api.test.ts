import { makeEcsRig } from '../../../test/support/aws/rig.ts';
import { targetContract } from '../contract/contract.ts';

targetContract('ecs', makeEcsRig);

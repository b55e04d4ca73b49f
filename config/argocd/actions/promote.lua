-- Bound to the step that is shown: pressed late, it approves nothing newer.
local rollout = obj.status.rollout
obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["vish.dev/promote"] = tostring(rollout.release) .. "/" .. tostring(rollout.step)
return obj

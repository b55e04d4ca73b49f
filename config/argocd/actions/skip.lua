local rollout = obj.status.rollout
obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["vish.dev/skip"] = tostring(rollout.release) .. "/" .. tostring(rollout.step)
return obj

obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["vish.dev/promote"] = tostring(obj.status.rollout.release) .. "/full"
return obj

obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["vish.dev/abort"] = tostring(obj.status.rollout.release)
return obj

obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["vish.dev/restart"] = os.date("!%Y-%m-%dT%XZ")
return obj

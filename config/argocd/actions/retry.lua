-- The newest release that did not stay; with a rollback any number ends it.
local target = nil
for _, release in ipairs(obj.status.history) do
  local ended = release.outcome == "RolledBack" or release.outcome == "Aborted" or release.outcome == "Failed"
  if (ended or obj.status.pinned ~= nil) and (target == nil or release.number > target) then
    target = release.number
  end
end
obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["vish.dev/retry"] = tostring(target)
obj.metadata.annotations["vish.dev/rollback"] = nil
return obj

-- To the newest release before the live one that served.
local target = nil
for _, release in ipairs(obj.status.history) do
  if release.number < obj.status.live.release and release.outcome == "Superseded" then
    if target == nil or release.number > target then
      target = release.number
    end
  end
end
obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["vish.dev/rollback"] = tostring(target)
-- The same value counts once, until it was away: see retry.
obj.metadata.annotations["vish.dev/retry"] = nil
return obj

-- Health of every kind of vish.dev. Argo CD takes an object without such a script for healthy, also one that has failed.
-- No function of the string library: Argo CD does not offer it.
local function condition(name)
  for _, found in ipairs(obj.status.conditions or {}) do
    if found.type == name then
      return found
    end
  end
  return {status = "Unknown", message = ""}
end

if obj.status == nil or obj.status.conditions == nil then
  return {status = "Progressing", message = "The operator has not looked at it yet."}
end
-- What stands in the status is about the spec before.
if obj.status.observedGeneration ~= nil and obj.status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "The operator has not seen the newest change yet."}
end

local stalled = condition("Stalled")
local ready = condition("Ready")
if stalled.status == "True" then
  return {status = "Degraded", message = stalled.message}
end
if obj.status.state == "AwaitingApproval" or obj.status.state == "Paused" then
  return {status = "Suspended", message = ready.message}
end
if ready.status == "True" then
  return {status = "Healthy", message = ready.message}
end
return {status = "Progressing", message = ready.message}

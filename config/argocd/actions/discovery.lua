-- Which buttons a Deployment offers now.
local status = obj.status or {}
local rollout = status.rollout
-- On its way, and not on its way back.
local comes = rollout ~= nil and rollout.aborting ~= true
local waits = status.state == "AwaitingApproval"
local paused = obj.spec.paused == true
local held = obj.spec.suspend == true or obj.spec.pin ~= nil or status.pinned ~= nil

local earlier = false
for _, release in ipairs(status.history or {}) do
  if status.live ~= nil and release.number < status.live.release and release.outcome == "Superseded" then
    earlier = true
  end
end

local actions = {}
actions["promote"] = {["disabled"] = not (comes and waits)}
actions["promote-full"] = {["disabled"] = not comes}
-- A decision is not skipped, and after the last step there is none.
actions["skip"] = {["disabled"] = not comes or waits or rollout.step >= rollout.steps - 1}
actions["abort"] = {["disabled"] = not comes}
actions["rollback"] = {["disabled"] = not earlier or obj.spec.pin ~= nil}
actions["retry"] = {["disabled"] = status.refusedRelease == nil and status.pinned == nil}
actions["restart"] = {["disabled"] = status.live == nil or held}
actions["pause"] = {["disabled"] = paused}
actions["resume"] = {["disabled"] = not paused}
return actions

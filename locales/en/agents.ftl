## What an agent is told when it may not go on. It is read by a model, and by whoever watches it.

agent-waits = Nobody has answered yet, so this is not allowed for now. The question stays open at { $url }: have a person answer it there, then ask again.
agent-unanswered = Nobody answered in time, so this is not allowed. The question was { $url }.
agent-cancelled = The question was taken back, so this is not allowed: { $reason } ({ $url })
agent-failed = The question could not be answered, so this is not allowed: { $reason } ({ $url })
agent-refused = A person refused this. Do not try it again, and do not look for a way around it.
agent-refused-because = A person refused this. Do not try it again, and do not look for a way around it. They said: { $reason }
agent-sent-back = A person does not want this as it is; nothing was run. They want instead: { $instructions }

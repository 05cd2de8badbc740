## The page: one request, and the kinds of question.

web-requester-unnamed = the requester
web-requester-claims = calls itself { $name }
web-says = { $name } says
web-says-that = { $name } says: { $text }
web-says-unnamed = The requester says
web-why = Why
web-consequences-yes = If you say yes, according to { $name }
web-consequences-submit = When you submit, according to { $name }
web-consequences-press = When you answer
web-consequences-unsaid = Your answer goes to { $name } at once and cannot be changed. What is done with it, the request does not say.
web-consequences-were = What a yes meant, according to { $name }
web-irreversible = cannot be undone
web-actions = What will run
web-action-on = on
web-changes = Changes
web-changes-none = No differences
web-data = Data
web-raw = Everything, as it came
web-activity = Activity
web-asker-waits = The asker waits for it now
web-asker-left = The asker fetches it later
web-asker-called = Delivered at once
web-gone = { $name } no longer waits for this. An answer would reach nobody.
web-gone-close = Close it
web-gone-reason = The agent no longer waits

web-clock-expire = left. With no answer it closes, and the workflow gets a time-out.
web-clock-default = left. With no answer it closes with the default: { $answer }.
web-clock-over = Time is up. What became of it is being fetched.
web-aloud-5m = 5 minutes left
web-aloud-1m = 1 minute left
web-aloud-10s = 10 seconds left
web-extend-by = +{ $minutes } min

web-comment = Comment
web-comment-placeholder = Why you decide so
web-submit = Submit
web-answering-as = Answering as { $name }
web-unverified = unverified
web-unverified-detail = This server has no accounts. The name is yours to choose, and is recorded as claimed, not verified.
web-your-name = Your name
web-also-viewing = { $count ->
    [one] { $names } is looking, too
   *[other] { $names } are looking, too
}
web-more-actions = More

web-stopped-over = Time is up: this can no longer be answered. What you typed is kept.
web-stopped-claimed = { $name } holds this request until { $until }. What you typed is kept.
web-stopped-elsewhere = This was closed before your answer was sent. What you typed is kept.
web-stopped-unsent = Not sent: the server cannot be reached. Nothing was decided, and what you typed is kept.
web-stopped-changed = The question is not the one you saw. Read it again; what you typed is kept.
web-stopped-invalid = Not sent: see what is marked above.
web-send-again = Send again
web-draft-kept = Your draft

web-answered-with = Chosen:

web-event-opened = { $name } asked
web-event-claimed = { $name } claimed it
web-event-released = { $name } released it
web-event-extended = { $name } moved the deadline to { $until }
web-event-answered = { $name } answered
web-event-timed_out = The deadline passed
web-event-cancelled = { $name } cancelled it
web-event-failed = It failed

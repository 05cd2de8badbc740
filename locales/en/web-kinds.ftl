## The page: the kinds of question beside confirmation, and the check of a risky answer.

web-choose = Choose…
web-fault-required = Please fill this in
web-fault-json = This is not JSON
web-fault-integer = A whole number is needed
web-fault-number = A number is needed
web-fault-min = At least { $limit }
web-fault-max = At most { $limit }
web-fault-email = This is not an e-mail address
web-fault-url = A whole address is needed, with http:// or https://
web-fault-pattern = Must match { $pattern }

web-select-one = Choose one
web-select-many = { $least ->
    [0] Choose up to { $most }
   *[other] Choose { $least } to { $most }
}
web-select-so-far = { $count } chosen
web-select-count = { $most ->
    [1] Choose one option
   *[other] Choose { $least } to { $most } options
}
web-select-filter = Filter { $count } options

web-upload-drop-one = Drop a file here, or paste it
web-upload-drop-many = Drop files here, or paste them
web-upload-pick = Choose files
web-upload-camera = Take a picture
web-upload-any = Any type
web-upload-most = up to { $limit } each
web-upload-cancel = Cancel
web-upload-cancelled = Cancelled; nothing was kept
web-upload-remove = Remove { $name }
web-upload-type = This type is not taken here: { $types }
web-upload-large = Larger than { $limit }
web-upload-unreachable = The connection broke; try again
web-upload-missing = Upload a file first
web-upload-wait = { $count ->
    [one] 1 file is still being uploaded
   *[other] { $count } files are still being uploaded
}

web-plan = Plan, { $count ->
    [one] 1 step
   *[other] { $count } steps
}
web-plan-after = after { $steps }
web-plan-new = new
web-plan-changed = changed
web-plan-gone = removed
web-plan-differs = { $count ->
    [0] as before
    [one] 1 change
   *[other] { $count } changes
}
web-plan-remark = Remark on step { $n }
web-review-since = Since attempt { $n }
web-review-asked = { $name } asked for this
web-review-instructions = What should change
web-review-instructions-hint = Say what the next attempt should do otherwise
web-review-instructions-note = Nothing runs. The requester gets this and may come back with another attempt.
web-review-approve = Approve
web-review-modify = Request changes
web-review-abort = Abort
web-review-submit = Submit decisions
web-review-vote = Decision on action { $n }
web-review-edit = Edit arguments
web-review-edit-done = Done
web-review-edit-undo = Undo edits
web-review-edit-json = As JSON
web-review-edit-form = One by one
web-review-edit-wrong = Arguments are not right yet: edit
web-review-did-approve = Approved
web-review-did-modify = Changes requested
web-review-did-abort = Aborted
web-review-did-edit = with edited arguments
web-review-remarks = { $count ->
    [one] 1 remark
   *[other] { $count } remarks
}

web-custom-json = Answer, as JSON
web-custom-schema = What is admitted
web-custom-lines = One per line
web-unknown-note = This page does not know the kind “{ $kind }”. Answer it as JSON.

web-check-title = High risk: are you sure?
web-check-type = Type “{ $word }” to go on
web-check-word = approve
web-check-back = Not yet
web-check-by-hold = Hold a button instead
web-check-by-word = Type a word instead
web-hold = Hold: { $label }
web-hold-hint = Keep it pressed for a second
web-hold-held = Keep holding
web-hold-early = Let go too early: nothing was sent

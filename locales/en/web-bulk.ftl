## The page: answering several requests at once.

web-bulk = Selected requests
web-bulk-begin = Select the rows that get the same answer.
web-bulk-count = { $count } selected
web-bulk-hidden = ({ $count } not in this view)
web-bulk-clear = Clear
web-bulk-verb = { $verb } ({ $count })
web-bulk-told = { $failed ->
    [0] { $answered } answered.
   *[other] { $answered } answered, { $failed } not: the rows say why.
}
web-bulk-none = Closed already: there is nothing left to answer.
web-bulk-risk = { $count ->
    [one] One of them is not marked as low risk. Only low risk is answered together.
   *[other] { $count } of them are not marked as low risk. Only low risk is answered together.
}
web-bulk-unlike = They do not offer the same answers. Only like ones are answered together.
web-bulk-held = { $count ->
    [one] Somebody else holds one of them.
   *[other] Others hold { $count } of them.
}
web-bulk-final = { $count ->
    [one] One of them cannot be undone: open it and read it first.
   *[other] { $count } of them cannot be undone: open and read each first.
}
web-bulk-most = At most { $count } at once.
web-bulk-fill = These want to be filled in: open them one by one.

## What the API says when it succeeds.

message-responded = The answer has been submitted
message-cancelled = The session has been cancelled

template-confirmation = Confirmation
    .description = Yes or no before something happens
template-selection = Selection
    .description = One or several of given options
template-text_input = Form
    .description = Values in one or several fields
template-file_upload = File upload
    .description = One or several files
template-review = Review
    .description = Approve, send back or abort a plan or an action
template-signature = Signature
    .description = A signed statement
template-custom = Custom
    .description = Anything that a JSON Schema admits

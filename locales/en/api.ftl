## What the API says when it succeeds.

message-responded = The answer has been submitted
message-connected = Connected
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

operation-openSession = Open a session
operation-listSessions = List sessions
operation-getSession = Read a session
operation-getSessionStatus = Read a session's status
operation-cancelSession = Cancel a session
operation-deleteSession = Cancel a session
operation-claimSession = Claim a session
operation-releaseSession = Release a session
operation-extendSession = Extend a session
operation-getSessionHistory = Read a session's history
operation-respondToSession = Answer a session
operation-respondToMany = Answer several sessions
operation-uploadFile = Upload a file
operation-listFiles = List a session's files
operation-downloadFile = Download a file
operation-removeFile = Remove a file
operation-listEvents = Follow all changes
operation-listDeliveries = List callbacks
operation-redeliver = Send a callback again
operation-getStatistics = Count sessions
operation-listTemplates = List the kinds of questions
operation-getHealth = Read the server's health
operation-getReadiness = Ask whether the server takes requests
operation-getMetrics = Read the metrics

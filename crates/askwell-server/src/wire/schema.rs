//! Shapes that only the documentation names: their values are read and written by `askwell-core`.
//!
//! Job: say in `OpenAPI` what a body may hold. Neighbours: `openapi` collects
//! these; nothing constructs them.

#![expect(dead_code, reason = "documentation of shapes, never constructed")]
#![expect(clippy::struct_field_names, reason = "the names of the wire")]

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Where in its life a session stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Pending,
    Active,
    Completed,
    Timeout,
    Cancelled,
    Error,
}

/// How urgent a question is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Priority {
    Low,
    Normal,
    High,
    Urgent,
}

/// How much a wrong answer would cost.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Risk {
    Low,
    Medium,
    High,
}

/// What silence means: close without a response, or with the `default_value`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnTimeout {
    Expire,
    Default,
}

/// What happened.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventType {
    Opened,
    Claimed,
    Released,
    Assigned,
    Delegated,
    CandidatesSet,
    Extended,
    Answered,
    TimedOut,
    Cancelled,
    Failed,
}

/// The requester's own data, returned as given; at most 16 KiB.
#[derive(Serialize, ToSchema)]
pub(crate) struct Metadata(BTreeMap<String, Value>);

/// A text, or a text for each language.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Text {
    /// One for all.
    Plain(String),
    /// By language tag, e.g. `{"zh-CN": "…", "en": "…"}`.
    Translated(BTreeMap<String, String>),
}

/// A name or an id. A whole number is taken as its digits.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Name {
    Text(String),
    Number(i128),
}

/// What is asked. On the way out every key is present, null where unset.
#[derive(Serialize, ToSchema)]
pub(crate) struct InteractionData {
    /// One of `confirmation`, `selection`, `text_input`, `file_upload`, `review`, `custom`; see `/api/templates`.
    #[schema(example = "confirmation")]
    interaction_type: String,
    /// The question; at most 200 characters.
    title: Text,
    /// What one should know to decide, in Markdown; at most 64 KiB.
    message: Option<Text>,
    /// The message as sanitised HTML, in the same shape. Only where one session is asked for.
    #[schema(read_only)]
    message_html: Option<Text>,
    /// The fields of a form.
    fields: Option<Vec<Field>>,
    /// What can be chosen; at most 500.
    options: Option<Vec<ChoiceOption>>,
    /// The answer that stands in on silence, with `on_timeout: default`.
    default_value: Option<Value>,
    /// Seconds until the deadline.
    timeout: Option<f64>,
    /// Whether several options or files may be given.
    multiple: Option<bool>,
    /// Extensions or media types of files.
    accept_types: Option<Vec<String>>,
    /// Bytes, or a text as `10MB`.
    max_file_size: Option<Value>,
    min_choices: Option<u32>,
    max_choices: Option<u32>,
    /// What will happen.
    consequences: Option<Consequences>,
    /// What will be done on approval.
    actions: Option<Vec<Action>>,
    /// What a review is about.
    data_for_review: Option<Value>,
    checkpoint_name: Option<String>,
    /// The node of a workflow: sessions of the same node are attempts.
    node_id: Option<Name>,
    attempt: Option<i128>,
    /// The JSON Schema of a `custom` answer.
    schema: Option<Value>,
}

/// What will happen.
#[derive(Serialize, ToSchema)]
pub(crate) struct Consequences {
    on_answer: Option<ConsequenceList>,
    on_timeout: Option<ConsequenceList>,
}

/// One sentence, or several in their order.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ConsequenceList {
    One(Text),
    Several(Vec<Consequence>),
}

/// One thing that will happen.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Consequence {
    Sentence(Text),
    /// With whether it can be undone.
    Marked {
        text: Text,
        irreversible: Option<bool>,
    },
}

/// A status to list, or all of them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StatusFilter {
    Pending,
    Active,
    Completed,
    Timeout,
    Cancelled,
    Error,
    All,
}

/// How far a callback has come.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryFilter {
    Pending,
    Delivered,
    Refused,
    Dead,
}

/// What an export of the audit looks like.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportFormat {
    Ndjson,
    Csv,
}

/// In which order to list.
#[derive(Serialize, ToSchema)]
pub(crate) enum SessionOrder {
    #[serde(rename = "-created_at")]
    Newest,
    #[serde(rename = "created_at")]
    Oldest,
    #[serde(rename = "expires_at")]
    DueSoonest,
    #[serde(rename = "-updated_at")]
    ChangedLatest,
}

/// Something that will be done on approval.
#[derive(Serialize, ToSchema)]
pub(crate) struct Action {
    kind: String,
    target: Option<String>,
    args: Option<Value>,
    description: Option<Text>,
    /// Of `approve`, `edit`, `modify`, `abort`.
    allowed: Option<Vec<String>>,
}

/// One option. A bare text is value and label.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChoiceOption {
    value: Value,
    label: Option<Text>,
    description: Option<Text>,
}

/// One field of a form.
#[derive(Serialize, ToSchema)]
pub(crate) struct Field {
    name: String,
    label: Option<Text>,
    /// `text`, `textarea`, `number`, `integer`, `email`, `url`, `password`, `date`, `datetime`, `time`, `select`,
    /// `multiselect`, `radio`, `checkbox`, `range`, `tel`, `color` or `json`.
    field_type: Option<String>,
    required: Option<bool>,
    default: Option<Value>,
    /// A pattern for the whole value, at most 512 bytes.
    validation: Option<String>,
    options: Option<Vec<ChoiceOption>>,
    min_value: Option<f64>,
    max_value: Option<f64>,
    placeholder: Option<Text>,
    help: Option<Text>,
}

/// The answer of a closed session.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResponseData {
    #[schema(format = "uuid")]
    session_id: String,
    /// The answer in the kind's normal form, e.g. `{"choice": "confirm"}`.
    response_data: Value,
    #[schema(format = DateTime)]
    submitted_at: String,
    user_id: Option<String>,
    /// `person`, or `timeout` where the default stands in.
    source: String,
    comment: Option<String>,
    /// Only where a passkey signed it.
    assertion: Option<AssertionBody>,
    /// The answer in the shape that the session was asked in. Only where a person answered and that is not ours.
    resume: Option<Value>,
}

/// That a passkey signed an answer.
#[derive(Serialize, ToSchema)]
#[schema(as = Assertion)]
pub(crate) struct AssertionBody {
    /// The passkey's id.
    passkey: String,
    verified: bool,
}

/// Something odd that was ignored.
#[derive(Serialize, ToSchema)]
pub(crate) struct Warning {
    /// RFC 6901 pointer into the body.
    pointer: String,
    code: String,
    /// In the caller's language.
    detail: String,
}

/// A question to open.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "interaction_data": {
        "interaction_type": "confirmation",
        "title": "Deploy to production?",
        "message": "Release **2.4.1** is ready.",
        "options": [{"value": "confirm", "label": "Deploy"}, {"value": "cancel", "label": "Not now"}],
        "timeout": 300
    },
    "workflow_id": "deployment-123",
    "callback_url": "https://workflow.example.com/callback"
}))]
pub(crate) struct CreateRequest {
    interaction_data: InteractionData,
    workflow_id: Option<Name>,
    /// Gets one signed POST for the outcome.
    callback_url: Option<String>,
    on_timeout: Option<OnTimeout>,
    metadata: Option<Metadata>,
    tags: Option<Vec<String>>,
    priority: Option<Priority>,
    risk: Option<Risk>,
    /// A login.
    assignee: Option<String>,
    /// Logins, and groups as `group:NAME`. Nobody named: everybody may answer.
    candidates: Option<Vec<String>>,
    /// The login of the person for whom it is asked: they count as requester, too.
    on_behalf_of: Option<String>,
    /// With `risk: high`: whoever answers signs that with a passkey.
    step_up: Option<StepUp>,
    /// By how many seconds the deadline may be extended in all.
    extendable_seconds: Option<f64>,
    /// In whose shape it is asked. Set for the shapes that are recognised; what else is named here is kept and shown.
    asked_as: Option<AskedAsBody>,
    /// As the header `Idempotency-Key`.
    idempotency_key: Option<String>,
}

/// In whose shape a session was asked.
#[derive(Serialize, ToSchema)]
#[schema(as = AskedAs)]
pub(crate) struct AskedAsBody {
    /// The shape's name.
    shape: String,
    /// What an answer in that shape needs beside what is shown.
    given: Option<Value>,
}

/// An event of Claude Code, as its HTTP hooks post it.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "hook_event_name": "PermissionRequest",
    "session_id": "3f0c…",
    "cwd": "/home/me/project",
    "prompt_id": "p-1",
    "tool_name": "Bash",
    "tool_input": {"command": "npm run deploy", "description": "Deploy"}
}))]
pub(crate) struct ClaudeCodeEvent {
    /// `PermissionRequest` or `Elicitation`; every other event is answered with `{}`.
    hook_event_name: Option<String>,
    /// The conversation; it becomes the `workflow_id`.
    session_id: Option<Name>,
    /// Tells one prompt of a person from the next.
    prompt_id: Option<Name>,
    /// The folder that Claude Code works in.
    cwd: Option<String>,
    /// Of a `PermissionRequest`.
    tool_name: Option<Name>,
    /// What the tool is to be called with.
    tool_input: Option<BTreeMap<String, Value>>,
    /// Of an `Elicitation`: which server of MCP asks.
    mcp_server_name: Option<String>,
    /// What it asks.
    message: Option<String>,
    /// Only `form` is asked here.
    mode: Option<String>,
    /// What the answer must fit.
    requested_schema: Option<BTreeMap<String, Value>>,
}

/// What Claude Code does: `{}` where nobody decided.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"hookSpecificOutput": {"hookEventName": "PermissionRequest",
    "decision": {"behavior": "allow", "updatedInput": {"command": "npm run deploy -- --dry-run"}}}}))]
pub(crate) struct ClaudeCodeOutput {
    /// `hookEventName`, and the `decision` or the `action` with its `content`.
    #[serde(rename = "hookSpecificOutput")]
    hook_specific_output: Option<BTreeMap<String, Value>>,
}

/// An answer.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"response": {"choice": "confirm"}, "user_id": "user-123", "comment": "Checked the release notes"}))]
pub(crate) struct RespondRequestBody {
    /// The payload; its form depends on the kind of question.
    response: Value,
    /// Believed only where there are no accounts, and recorded as not verified.
    user_id: Option<Name>,
    /// Why; at most 4 KiB.
    comment: Option<String>,
    /// The `content_hash` of what was seen; another than the stored one is refused.
    content_hash: Option<String>,
    /// Where the session asks for it.
    assertion: Option<AssertionRequest>,
}

/// Several answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct RespondManyRequest {
    /// At most 50.
    #[schema(max_items = 50)]
    responses: Vec<RespondManyItem>,
}

/// One of several answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct RespondManyItem {
    session_id: String,
    /// The `content_hash` of what was seen.
    #[schema(pattern = r"\S")]
    content_hash: String,
    response: Value,
    user_id: Option<Name>,
    comment: Option<String>,
}

/// One of several results: with `success: false` also a problem's members.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnswerResult {
    session_id: String,
    success: bool,
    #[schema(value_type = Option<super::session::SessionBody<'static>>)]
    session: Option<Value>,
    warnings: Option<Vec<Warning>>,
    /// What went wrong.
    code: Option<String>,
    /// What went wrong, in the caller's language.
    detail: Option<String>,
    status: Option<u16>,
}

/// A cancellation.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"reason": "No longer needed"}))]
pub(crate) struct CancelRequest {
    reason: Option<String>,
    user_id: Option<Name>,
}

/// Who takes a hold.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"override": true}))]
pub(crate) struct ClaimRequest {
    user_id: Option<Name>,
    /// Whether somebody else's hold is taken over.
    r#override: Option<bool>,
}

/// What a token may do. There is none that answers.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    Create,
    Read,
    Admin,
}

/// How whoever answers must prove anew who they are.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepUp {
    Passkey,
}

/// A passkey's signature under an answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssertionRequest {
    /// As it came with the options.
    state: String,
    /// What the browser gave, by `toJSON`.
    credential: Value,
}

/// Who gives up a hold.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"user_id": "user-123"}))]
pub(crate) struct HolderRequest {
    user_id: Option<Name>,
}

/// More time.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"seconds": 600}))]
pub(crate) struct ExtendRequest {
    /// More than zero; fractions allowed.
    #[schema(exclusive_minimum = 0)]
    seconds: f64,
    user_id: Option<Name>,
}

/// An upload.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadRequest {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Every failure, as `application/problem+json` (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Where the code is described.
    r#type: String,
    /// In the caller's language.
    title: String,
    status: u16,
    /// What to know or do, in the caller's language.
    detail: String,
    /// A stable word.
    #[schema(example = "session_closed")]
    code: String,
    /// Always `false`.
    success: bool,
    /// As `title`.
    error: String,
    /// Under which the request is logged; also in `X-Request-Id`.
    request_id: String,
    /// What is wrong with single values.
    errors: Option<Vec<IssueBody>>,
    /// With `session_closed`: who closed it.
    closed_by: Option<String>,
    /// With `session_closed`: how.
    closed_status: Option<Status>,
    /// With `session_closed`: when.
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    /// With `session_expired`: the deadline.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// With `claimed`: who holds the session.
    claimed_by: Option<String>,
    /// With `claimed`: until when, unless renewed.
    #[schema(format = DateTime)]
    claimed_until: Option<String>,
    /// With `cursor_expired`: the smallest cursor that still works.
    earliest: Option<String>,
    /// With a limit that was exceeded.
    limit: Option<u64>,
}

/// One thing wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = Issue)]
pub(crate) struct IssueBody {
    /// RFC 6901 pointer into the body.
    pointer: Option<String>,
    /// The name of a parameter.
    parameter: Option<String>,
    code: String,
    /// In the caller's language.
    detail: String,
}

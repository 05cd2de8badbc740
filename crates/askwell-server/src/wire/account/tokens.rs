//! Tokens of programs as they stand on the wire.

use askwell_app::ports::TokenRow;
use askwell_app::timestamp_text;
use askwell_core::access::TokenScope;
use serde::Serialize;
use utoipa::ToSchema;

/// A token of a program, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenBody {
    id: String,
    name: String,
    owner: String,
    #[schema(value_type = Vec<crate::wire::schema::Scope>)]
    scopes: Vec<&'static str>,
    workflow_prefix: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// To about a minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

impl From<&TokenRow> for TokenBody {
    fn from(row: &TokenRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            owner: row.owner.clone(),
            scopes: row.scopes.iter().map(TokenScope::as_str).collect(),
            workflow_prefix: row.workflow_prefix.clone(),
            created_at: timestamp_text(row.created_at),
            expires_at: row.expires_at.map(timestamp_text),
            last_used_at: row.last_used_at.map(timestamp_text),
            revoked_at: row.revoked_at.map(timestamp_text),
        }
    }
}

/// Tokens, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tokens)]
pub(crate) struct TokensReply {
    success: bool,
    tokens: Vec<TokenBody>,
}

impl TokensReply {
    pub(crate) fn of(rows: &[TokenRow]) -> Self {
        Self { success: true, tokens: rows.iter().map(Into::into).collect() }
    }
}

/// A token that was made, with its secret: shown this once.
// Without `Debug`, so that it is printed nowhere.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedToken)]
pub(crate) struct IssuedReply<'a> {
    success: bool,
    token: TokenBody,
    secret: &'a str,
}

impl<'a> IssuedReply<'a> {
    pub(crate) fn of(issued: &'a askwell_app::Issued) -> Self {
        Self { success: true, token: (&issued.token).into(), secret: &issued.secret }
    }
}

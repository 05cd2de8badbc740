//! Links for people without an account as they stand on the wire.

use askwell_app::ports::GuestRow;
use askwell_app::timestamp_text;
use serde::Serialize;
use utoipa::ToSchema;

/// A link for somebody without an account, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GuestLink)]
pub(crate) struct GuestLinkBody {
    id: String,
    name: String,
    invited_by: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(format = DateTime)]
    used_at: Option<String>,
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

impl From<&GuestRow> for GuestLinkBody {
    fn from(row: &GuestRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            invited_by: row.invited_by.clone(),
            created_at: timestamp_text(row.created_at),
            expires_at: timestamp_text(row.expires_at),
            used_at: row.used_at.map(timestamp_text),
            ended_at: row.ended_at.map(timestamp_text),
        }
    }
}

/// The links to a session, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GuestLinks)]
pub(crate) struct GuestLinksReply {
    success: bool,
    links: Vec<GuestLinkBody>,
}

impl GuestLinksReply {
    pub(crate) fn of(rows: &[GuestRow]) -> Self {
        Self { success: true, links: rows.iter().map(Into::into).collect() }
    }
}

/// A link that was made: shown this once.
// Without `Debug`, so that it is printed nowhere.
#[derive(Serialize, ToSchema)]
#[schema(as = NewGuestLink)]
pub(crate) struct InvitedReply {
    success: bool,
    link: GuestLinkBody,
    url: String,
}

impl InvitedReply {
    pub(crate) fn of(invited: &askwell_app::Invited, base_url: &str) -> Self {
        // In the fragment: it stands in no log, no referrer, and no machine that looks at links sends it.
        Self { success: true, link: (&invited.guest).into(), url: format!("{base_url}/g#{}", invited.secret) }
    }
}

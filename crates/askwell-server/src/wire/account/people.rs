//! People with accounts, and people to choose from, as they stand on the wire.

use askwell_app::ports::UserRow;
use askwell_app::timestamp_text;
use askwell_core::access::Role;
use serde::Serialize;
use utoipa::ToSchema;

/// A person with an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserBody {
    login: String,
    name: String,
    email: Option<String>,
    groups: Vec<String>,
    admin: bool,
    #[schema(format = DateTime)]
    created_at: String,
    /// Since when they may no longer sign in.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    has_password: bool,
    /// Whether an identity provider vouches for them.
    external: bool,
}

impl From<&UserRow> for UserBody {
    fn from(row: &UserRow) -> Self {
        Self {
            login: row.login.clone(),
            name: row.name.clone(),
            email: row.email.clone(),
            groups: row.groups.clone(),
            admin: row.role == Role::Admin,
            created_at: timestamp_text(row.created_at),
            disabled_at: row.disabled_at.map(timestamp_text),
            has_password: row.password.is_some(),
            external: row.external.is_some(),
        }
    }
}

/// One person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OneUser)]
pub(crate) struct UserReply {
    success: bool,
    user: UserBody,
}

impl UserReply {
    pub(crate) fn of(row: &UserRow) -> Self {
        Self { success: true, user: row.into() }
    }
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserPage)]
pub(crate) struct UsersReply {
    success: bool,
    users: Vec<UserBody>,
    /// Send it as `after` for the next page.
    next: Option<String>,
}

impl UsersReply {
    pub(crate) fn of(rows: &[UserRow], limit: usize) -> Self {
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.login.clone());
        Self { success: true, users: rows.iter().map(Into::into).collect(), next }
    }
}

/// A person to choose.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Choice)]
pub(crate) struct ChoiceBody {
    login: String,
    name: String,
}

/// People and groups to choose from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Choices)]
pub(crate) struct ChoicesReply {
    success: bool,
    people: Vec<ChoiceBody>,
    groups: Vec<String>,
}

impl ChoicesReply {
    pub(crate) fn of((people, groups): (Vec<(String, String)>, Vec<String>)) -> Self {
        let people = people.into_iter().map(|(login, name)| ChoiceBody { login, name }).collect();
        Self { success: true, people, groups }
    }
}

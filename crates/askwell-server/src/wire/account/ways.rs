//! One's own sign-ins and passkeys as they stand on the wire.

use askwell_app::ports::{LoginRow, PasskeyRow};
use askwell_app::{Caller, timestamp_text};
use serde::Serialize;
use utoipa::ToSchema;

/// A sign-in that lasts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Login)]
pub(crate) struct LoginBody {
    id: String,
    method: String,
    address: Option<String>,
    agent: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// Whether it is the one that this request comes with.
    current: bool,
}

/// The sign-ins of a person, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Logins)]
pub(crate) struct LoginsReply {
    success: bool,
    logins: Vec<LoginBody>,
}

impl LoginsReply {
    pub(crate) fn of(rows: &[LoginRow], caller: &Caller) -> Self {
        let own = caller.credential.as_ref().and_then(|credential| credential.standing.login);
        let of = |row: &LoginRow| LoginBody {
            id: row.id.to_string(),
            method: row.method.clone(),
            address: row.address.clone(),
            agent: row.agent.clone(),
            created_at: timestamp_text(row.created_at),
            expires_at: timestamp_text(row.expires_at),
            current: own == Some(row.id),
        };
        Self { success: true, logins: rows.iter().map(of).collect() }
    }
}

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub(crate) struct PasskeyBody {
    id: String,
    name: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl From<&PasskeyRow> for PasskeyBody {
    fn from(row: &PasskeyRow) -> Self {
        Self {
            id: row.id.clone(),
            name: row.name.clone(),
            created_at: timestamp_text(row.created_at),
            last_used_at: row.last_used_at.map(timestamp_text),
        }
    }
}

/// The passkeys of a person, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyList)]
pub(crate) struct PasskeysReply {
    success: bool,
    passkeys: Vec<PasskeyBody>,
}

impl PasskeysReply {
    pub(crate) fn of(rows: &[PasskeyRow]) -> Self {
        Self { success: true, passkeys: rows.iter().map(Into::into).collect() }
    }
}

/// A passkey that was registered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnePasskey)]
pub(crate) struct PasskeyReply {
    success: bool,
    passkey: PasskeyBody,
}

impl PasskeyReply {
    pub(crate) fn of(row: &PasskeyRow) -> Self {
        Self { success: true, passkey: row.into() }
    }
}

/// What the browser is to be asked, and what must come back with its answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ceremony)]
pub(crate) struct CeremonyReply {
    success: bool,
    /// As `PublicKeyCredential.parse…OptionsFromJSON` takes it.
    options: serde_json::Value,
    state: String,
}

impl CeremonyReply {
    pub(crate) fn of((options, state): (serde_json::Value, String)) -> Self {
        Self { success: true, options, state }
    }
}

//! Who is calling: the first argument of every use case.

use std::net::IpAddr;

use askwell_core::access::{Person, Principal};
use askwell_core::audit::{AuditEntry, Verdict};
use jiff::Timestamp;
use serde_json::Map;

use crate::ports::{By, Standing};

/// The door a call came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The REST API.
    Rest,
    /// Socket.IO.
    SocketIo,
    /// The Model Context Protocol.
    Mcp,
    /// The command line, on the data directory.
    Console,
    /// The server itself.
    System,
}

/// How a caller proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Name and password on the page.
    Password,
    /// Name and password with the request.
    Basic,
    /// An identity provider.
    Oauth,
    /// A signed token of somebody else's.
    Jwt,
    /// A token of ours.
    Token,
    /// A link.
    Guest,
    /// The link that the first start printed.
    Setup,
    /// Being on the machine.
    Console,
}

impl Method {
    /// Its name on the wire and in the audit.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Basic => "basic",
            Self::Oauth => "oauth",
            Self::Jwt => "jwt",
            Self::Token => "token",
            Self::Guest => "guest",
            Self::Setup => "setup",
            Self::Console => "console",
        }
    }
}

/// What a caller was let in by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// How.
    pub method: Method,
    /// Its public id: of a sign-in, a token, an invitation.
    pub id: Option<String>,
    /// Until when it holds.
    pub expires_at: Option<Timestamp>,
    /// What must go on standing.
    pub standing: Standing,
}

/// A principal with the circumstances of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// What let them in; nothing where nobody must say who they are.
    pub credential: Option<std::sync::Arc<Credential>>,
    /// Through which door.
    pub channel: Channel,
    /// From which address.
    pub address: Option<IpAddr>,
    /// The language for texts, e.g. `zh-CN`.
    pub locale: String,
    /// The id under which this call is logged.
    pub request_id: String,
}

impl Caller {
    /// Whoever reaches a server that runs without accounts.
    #[must_use]
    pub fn local(channel: Channel, locale: &str, request_id: &str) -> Self {
        Self {
            principal: Principal::LocalOwner,
            credential: None,
            channel,
            address: None,
            locale: locale.to_owned(),
            request_id: request_id.to_owned(),
        }
    }

    /// The person behind the call. A claimed id is believed only where nobody
    /// is authenticated, and then recorded as not verified.
    #[must_use]
    pub fn person(&self, claimed: Option<&str>) -> Person {
        self.principal.person().unwrap_or_else(|| Person {
            id: claimed.map_or_else(|| self.principal.name(), str::to_owned),
            verified: false,
        })
    }

    /// This caller as the one by whom accounts are changed.
    #[must_use]
    pub(crate) fn by(&self, audit: AuditEntry) -> By {
        let standing = self.credential.as_ref().map(|credential| credential.standing.clone()).unwrap_or_default();
        By { audit, standing }
    }

    /// What the audit says of an act of this caller, as far as the caller goes.
    #[must_use]
    pub fn audit(&self, at: Timestamp, action: &str, verdict: Verdict) -> AuditEntry {
        let credential = self.credential.as_deref();
        // Whoever sits at the machine shows nothing: being there is what lets them in.
        let console = (self.channel == Channel::Console).then_some(Method::Console);
        let login = self.principal.login().map(str::to_owned);
        let actor = if self.channel == Channel::System { "system".to_owned() } else { self.principal.name() };
        AuditEntry {
            at,
            action: action.to_owned(),
            verdict,
            on_behalf_of: login.filter(|_| matches!(self.principal, Principal::Token(_))),
            actor,
            method: credential.map(|credential| credential.method).or(console).map(|method| method.as_str().to_owned()),
            credential: credential.and_then(|credential| credential.id.clone()),
            address: self.address.map(|address| address.to_string()),
            request_id: Some(self.request_id.clone()).filter(|id| !id.is_empty()),
            session: None,
            version: None,
            content_hash: None,
            subject: None,
            detail: Map::new(),
        }
    }
}

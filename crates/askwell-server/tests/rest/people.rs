//! People, their programs and their guests, and requests by them.

use askwell_app::{Caller, Channel, NewToken, NewUser};
use askwell_core::access::{Role, TokenScope};
use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, Reply};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// What somebody shows with each request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shows {
    Nothing,
    Cookie(String),
    Bearer(String),
}

impl Shows {
    pub(crate) fn header(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Nothing => None,
            Self::Cookie(secret) => Some(("cookie", format!("askwell={secret}"))),
            Self::Bearer(token) => Some(("authorization", format!("Bearer {token}"))),
        }
    }
}

/// Whoever sits at the machine.
pub(crate) fn console() -> Caller {
    Caller::local(Channel::Console, "en", "console")
}

/// Adds a person with everybody's password.
pub(crate) async fn add(server: &Harness, login: &str, groups: &[&str], role: Role) {
    let groups = groups.iter().map(|group| (*group).to_owned()).collect();
    let password = Some(PASSWORD.to_owned());
    let user = NewUser { login: login.to_owned(), groups, role, password, ..NewUser::default() };
    server.app.add_user(&console(), user).await.unwrap();
}

/// Adds somebody who is there to be chosen and never signs in.
pub(crate) async fn add_silent(server: &Harness, login: &str) {
    let user = NewUser { login: login.to_owned(), ..NewUser::default() };
    server.app.add_user(&console(), user).await.unwrap();
}

/// The secret of the cookie that a reply sets.
#[track_caller]
pub(crate) fn cookie_of(reply: &Reply) -> String {
    let cookie = reply.header("set-cookie").split(';').next().unwrap_or_default();
    cookie.strip_prefix("askwell=").unwrap_or_else(|| panic!("no cookie: {cookie}")).to_owned()
}

/// Signs a person in on the page.
pub(crate) async fn sign_in(server: &Harness, login: &str) -> Shows {
    let reply = server.post("/api/login", &json!({"login": login, "password": PASSWORD})).await;
    reply.expect(200);
    Shows::Cookie(cookie_of(&reply))
}

/// Adds a person and signs them in.
pub(crate) async fn enter(server: &Harness, login: &str, groups: &[&str], role: Role) -> Shows {
    add(server, login, groups, role).await;
    sign_in(server, login).await
}

/// A token of somebody's.
pub(crate) async fn token(server: &Harness, owner: &str, scopes: &[TokenScope]) -> Shows {
    let wanted = NewToken {
        name: format!("{owner}'s"),
        owner: Some(owner.to_owned()),
        scopes: scopes.iter().copied().collect(),
        ..NewToken::default()
    };
    Shows::Bearer(server.app.issue_token(&console(), wanted).await.unwrap().secret)
}

/// Almost this secret.
pub(crate) fn tampered(secret: &str) -> String {
    let (rest, last) = secret.split_at(secret.len() - 1);
    format!("{rest}{}", if last == "x" { "y" } else { "x" })
}

impl Harness {
    /// A request by somebody, with JSON if there is a body.
    pub(crate) async fn by(&self, who: &Shows, method: Method, path: &str, body: &Value) -> Reply {
        let shown = who.header();
        let mut headers: Vec<(&str, &str)> = shown.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if body.is_null() {
            return self.call(method, path, &headers, "").await;
        }
        headers.push(("content-type", "application/json"));
        self.call(method, path, &headers, body.to_string()).await
    }

    pub(crate) async fn get_by(&self, who: &Shows, path: &str) -> Reply {
        self.by(who, Method::GET, path, &Value::Null).await
    }

    pub(crate) async fn post_by(&self, who: &Shows, path: &str, body: &Value) -> Reply {
        self.by(who, Method::POST, path, body).await
    }

    /// Opens a session; its address.
    pub(crate) async fn open_by(&self, who: &Shows, body: &Value) -> String {
        let opened = self.post_by(who, "/api/sessions", body).await.expect(200);
        format!("/api/sessions/{}", opened["session_id"].as_str().unwrap())
    }

    /// Invites a guest to a session and lets them in; the link and the cookie.
    pub(crate) async fn guest_of(&self, path: &str, by: &Shows) -> (String, Shows) {
        let links = format!("{path}/guest-links");
        let invited = self.post_by(by, &links, &json!({"name": "Gast"})).await.expect(200);
        let secret = invited["url"].as_str().unwrap().split_once('#').unwrap().1;
        let entered = self.post("/api/guest", &json!({"secret": secret})).await;
        entered.expect(200);
        (invited["link"]["id"].as_str().unwrap().to_owned(), Shows::Cookie(cookie_of(&entered)))
    }
}

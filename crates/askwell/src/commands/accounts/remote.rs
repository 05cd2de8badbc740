//! People and tokens of a running server, by its API.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use askwell_app::{Access, NewToken, NewUser, UserChange};
use askwell_core::access::{Role, TokenScope};
use reqwest::{Method, RequestBuilder};
use serde_json::{Map, Value, json};

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server, and an account on it.
pub(crate) struct Remote {
    http: reqwest::Client,
    base: String,
    cookie: String,
}

impl Remote {
    /// Signs in.
    ///
    /// # Errors
    /// The server is out of reach, or does not let this person in.
    pub(crate) async fn sign_in(server: &str, login: &str, password: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("askwell/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let base = server.trim_end_matches('/').to_owned();
        let request = http.post(format!("{base}/api/login")).json(&json!({ "login": login, "password": password }));
        let response = request.send().await.with_context(|| format!("{base} is out of reach"))?;
        let mut cookies = response.headers().get_all(reqwest::header::SET_COOKIE).iter();
        let cookie = cookies.find_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned));
        answer(response).await?;
        let cookie = cookie.context("the server let in, but gave no cookie")?;
        Ok(Self { http, base, cookie })
    }

    /// Does one thing and signs out, whatever came of it: nothing is left that lets anybody in.
    ///
    /// # Errors
    /// Those of what is done.
    pub(super) async fn once<T>(self, act: impl AsyncFnOnce(&Self) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let done = act(&self).await;
        self.sign_out().await;
        done
    }

    /// Signs out. That it does not work out harms nobody: the sign-in ends by itself.
    pub(crate) async fn sign_out(self) {
        let _ = self.call(Method::POST, "/api/logout", None).await;
    }

    pub(super) async fn add_user(&self, user: &NewUser) -> anyhow::Result<()> {
        let NewUser { login, name, email, groups, role, password } = user;
        let admin = *role == Role::Admin;
        let body = json!({ "login": login, "name": name, "email": email, "groups": groups, "admin": admin,
            "password": password });
        self.call(Method::POST, "/api/users", Some(body)).await.map(drop)
    }

    pub(super) async fn change_user(&self, login: &str, change: &UserChange) -> anyhow::Result<()> {
        let mut body = Map::new();
        if let Some(password) = &change.password {
            body.insert("password".to_owned(), password.clone().into());
        }
        if let Some(access) = change.access {
            body.insert("disabled".to_owned(), (access == Access::Disabled).into());
        }
        self.call(Method::PATCH, &format!("/api/users/{login}"), Some(Value::Object(body))).await.map(drop)
    }

    pub(super) async fn users(&self) -> anyhow::Result<String> {
        let mut text = String::new();
        let mut after = String::new();
        loop {
            let page = self.call(Method::GET, &format!("/api/users?after={after}"), None).await?;
            for user in page["users"].as_array().into_iter().flatten() {
                let word = |key: &str| user[key].as_str().unwrap_or_default().to_owned();
                let role = if user["admin"] == true { "admin" } else { "member" };
                let state = if user["disabled_at"].is_null() { "enabled" } else { "disabled" };
                let groups: Vec<_> =
                    user["groups"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                writeln!(text, "{}\t{role}\t{state}\t{}\t{}", word("login"), groups.join(","), word("name"))?;
            }
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => return Ok(text),
            }
        }
    }

    /// Makes a token; its secret.
    ///
    /// # Errors
    /// The server refuses, or is out of reach.
    pub(crate) async fn issue_token(&self, token: &NewToken) -> anyhow::Result<String> {
        let scopes: Vec<_> = token.scopes.iter().map(TokenScope::as_str).collect();
        let body = json!({ "name": token.name, "owner": token.owner, "scopes": scopes,
            "workflow_prefix": token.workflow_prefix, "expires_in": token.expires_in.map(|time| time.as_secs()) });
        let issued = self.call(Method::POST, "/api/tokens", Some(body)).await?;
        issued["secret"].as_str().map(str::to_owned).context("the server gave no token")
    }

    pub(super) async fn tokens(&self) -> anyhow::Result<String> {
        let page = self.call(Method::GET, "/api/tokens?all=true", None).await?;
        let mut text = String::new();
        for token in page["tokens"].as_array().into_iter().flatten() {
            let word = |key: &str| token[key].as_str().unwrap_or_default().to_owned();
            let scopes: Vec<_> = token["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let state = if token["revoked_at"].is_null() { "valid" } else { "revoked" };
            let until = token["expires_at"].as_str().unwrap_or("never");
            let scopes = scopes.join(",");
            writeln!(text, "{}\t{}\t{scopes}\t{state}\t{until}\t{}", word("id"), word("owner"), word("name"))?;
        }
        Ok(text)
    }

    pub(super) async fn revoke_token(&self, id: &str) -> anyhow::Result<()> {
        self.call(Method::DELETE, &format!("/api/tokens/{id}"), None).await.map(drop)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let request: RequestBuilder = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header(reqwest::header::COOKIE, &self.cookie);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        answer(request.send().await.with_context(|| format!("{} is out of reach", self.base))?).await
    }
}

/// The body of a success; else what the server says.
async fn answer(response: reqwest::Response) -> anyhow::Result<Value> {
    let status = response.status();
    let body: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
    if status.is_success() {
        return Ok(body);
    }
    bail!("{} ({})", crate::commands::ask::text_of(&body), status.as_u16())
}

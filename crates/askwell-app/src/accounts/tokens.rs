//! Tokens of programs. People make them; a token makes none.

use std::time::Duration;

use askwell_core::access::secret::{secret_digest, token_text};
use askwell_core::access::{Action, Role, Scopes, TokenId, TokenScope};
use askwell_core::audit::Verdict;
use askwell_core::{Code, Finding};
use jiff::Timestamp;

use crate::app::App;
use crate::caller::Caller;
use crate::error::{AppError, Noun};
use crate::ports::TokenRow;

/// A token to be.
#[derive(Clone, Debug, Default)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// Whose it is; absent: the caller's. Only administrators make tokens for others.
    pub owner: Option<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// Only workflows that begin so.
    pub workflow_prefix: Option<String>,
    /// How long it holds; absent: until it is revoked.
    pub expires_in: Option<Duration>,
}

/// A token that was made.
pub struct Issued {
    /// What is known of it.
    pub token: TokenRow,
    /// The token itself: told once.
    pub secret: String,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued").field("token", &self.token.id).finish_non_exhaustive()
    }
}

impl App {
    /// The caller's own tokens, newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody but people, and those of the store.
    pub async fn tokens(&self, caller: &Caller) -> Result<Vec<TokenRow>, AppError> {
        let login = Self::own_login(caller)?;
        Ok(self.inner.store.tokens(Some(login)).await?)
    }

    /// Everybody's tokens, newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], and those of the store.
    pub async fn all_tokens(&self, caller: &Caller) -> Result<Vec<TokenRow>, AppError> {
        self.require(caller, Action::ManageAccounts, None)?;
        Ok(self.inner.store.tokens(None).await?)
    }

    /// Makes a token.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::Forbidden`], [`AppError::NotFound`] for an owner who is nobody, and those of
    /// the store.
    pub async fn issue_token(&self, caller: &Caller, wanted: NewToken) -> Result<Issued, AppError> {
        self.has_accounts(caller)?;
        let own = if self.may(caller, Action::ManageAccounts, None) { None } else { Some(Self::own_login(caller)?) };
        let owner = match (wanted.owner, own) {
            (Some(owner), None) => owner,
            (Some(owner), Some(own)) if owner != own => return Err(AppError::Forbidden),
            (_, Some(own)) => own.to_owned(),
            (None, None) => Self::own_login(caller)?.to_owned(),
        };
        let mut findings = Vec::new();
        if wanted.name.trim().is_empty() {
            findings.push(Finding::new("/name", Code::MissingField));
        }
        if wanted.scopes.is_empty() {
            findings.push(Finding::new("/scopes", Code::MissingField));
        }
        if !findings.is_empty() {
            return Err(AppError::Invalid(findings));
        }
        if wanted.scopes.has(TokenScope::Admin) {
            self.require(caller, Action::ManageAccounts, None)?;
        }
        let account = self.inner.store.user(&owner).await?.filter(|user| user.disabled_at.is_none());
        let account = account.ok_or(AppError::NotFound(Noun::User))?;
        // It would be no more than what its owner may do: nothing.
        if wanted.scopes.has(TokenScope::Admin) && account.role != Role::Admin {
            let finding = Finding::new("/scopes", Code::NotAllowed).with("value", TokenScope::Admin);
            return Err(AppError::Invalid(vec![
                finding.with("allowed", "create, read: its owner is no administrator"),
            ]));
        }
        let secret = token_text(&self.inner.ids.secret());
        let now = self.now();
        let token = TokenRow {
            id: self.inner.ids.token(),
            digest: secret_digest(&secret),
            name: wanted.name.trim().to_owned(),
            owner,
            scopes: wanted.scopes,
            workflow_prefix: wanted.workflow_prefix.filter(|prefix| !prefix.is_empty()),
            created_at: now,
            expires_at: wanted.expires_in.map(|time| now.saturating_add(time).unwrap_or(Timestamp::MAX)),
            last_used_at: None,
            revoked_at: None,
        };
        let mut audit = caller.audit(now, "token.created", Verdict::Done);
        audit.subject = Some(token.id.to_string());
        audit.detail.insert("name".to_owned(), token.name.clone().into());
        audit.detail.insert("owner".to_owned(), token.owner.clone().into());
        let scopes: Vec<_> = token.scopes.iter().map(TokenScope::as_str).collect();
        audit.detail.insert("scopes".to_owned(), scopes.into());
        self.inner.store.add_token(token.clone(), caller.by(audit)).await?;
        Ok(Issued { token, secret })
    }

    /// Revokes a token: one's own, or as administrator anybody's. Whatever is connected by it ends. One that is revoked
    /// already stays so, and nothing more is said of it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], and those of the store.
    pub async fn revoke_token(&self, caller: &Caller, id: &str) -> Result<(), AppError> {
        self.has_accounts(caller)?;
        let own = if self.may(caller, Action::ManageAccounts, None) { None } else { Some(Self::own_login(caller)?) };
        let token: TokenId = id.parse().map_err(|_| AppError::NotFound(Noun::Token))?;
        let mut audit = caller.audit(self.now(), "token.revoked", Verdict::Done);
        audit.subject = Some(token.to_string());
        if self.inner.store.revoke_token(token, own, self.now(), caller.by(audit)).await? {
            self.accounts_changed().await;
            return Ok(());
        }
        let known = self.inner.store.tokens(own).await?;
        if known.iter().any(|row| row.id == token) { Ok(()) } else { Err(AppError::NotFound(Noun::Token)) }
    }
}

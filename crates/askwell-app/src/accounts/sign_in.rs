//! Signing in and out on the page.

use askwell_core::access::Role;
use askwell_core::access::secret::{secret_digest, secret_text};
use askwell_core::audit::Verdict;
use jiff::Timestamp;

use super::admission::by_login;
use super::passwords::check_new;
use super::{Admitted, Way, lock};
use crate::app::App;
use crate::caller::{Caller, Method};
use crate::error::{AppError, Noun};
use crate::ports::{Admins, Departure, LoginRow, Logins, Return, SignInError, StoreError, UserRow, UserRules};

/// What is known of whoever signs in.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// The program they use, as it calls itself.
    pub agent: Option<String>,
}

/// A sign-in that has begun.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub admitted: Admitted,
    /// What the cookie holds: told once.
    pub secret: String,
    /// Until when.
    pub expires_at: Timestamp,
}

impl App {
    /// Signs a person in by name and password.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], [`AppError::RateLimited`], and those of the store.
    pub async fn sign_in(
        &self,
        caller: &Caller,
        login: &str,
        password: &str,
        with: SignIn,
    ) -> Result<SignedIn, AppError> {
        if !self.needs_sign_in() {
            return Err(AppError::NoAccounts);
        }
        if !self.has_way(Way::Password) {
            return Err(self.refused(caller, Method::Password, "this way is not open"));
        }
        let user = self.check_password(caller, Method::Password, login, password).await?;
        self.begin_login(caller, user, Method::Password, with).await
    }

    /// Where to send a person who wants to sign in at the identity provider.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] where this way is not open; [`AppError::Unavailable`].
    pub async fn depart(&self, redirect_url: &str) -> Result<Departure, AppError> {
        let provider = self.inner.provider.as_ref().filter(|_| self.has_way(Way::Oauth));
        let provider = provider.ok_or(AppError::Unauthenticated)?;
        provider.depart(redirect_url).await.map_err(|error| AppError::Unavailable(error.to_string()))
    }

    /// Takes a person back from the identity provider and signs them in.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], [`AppError::Unavailable`], and those of the store.
    pub async fn arrive(
        &self,
        caller: &Caller,
        redirect_url: &str,
        back: &Return,
        flow: &str,
        with: SignIn,
    ) -> Result<SignedIn, AppError> {
        let provider = self.inner.provider.as_ref().filter(|_| self.has_way(Way::Oauth));
        let provider = provider.ok_or(AppError::Unauthenticated)?;
        // Each has us ask the provider.
        self.address_allowed(caller.address)?;
        let identity = match provider.arrive(redirect_url, back, flow, self.now()).await {
            Ok(identity) => identity,
            Err(SignInError::Refused(reason)) => return Err(self.refused(caller, Method::Oauth, &reason)),
            Err(SignInError::Unavailable(reason)) => return Err(AppError::Unavailable(reason)),
        };
        // Not by the name that they go by there: with many providers that is for everybody to choose.
        let is_named = |allowed: &Vec<String>| {
            allowed.is_empty()
                || allowed.contains(&identity.subject)
                || identity.email.as_ref().is_some_and(|email| allowed.contains(email))
        };
        if self.inner.settings.accounts.as_ref().is_some_and(|accounts| !is_named(&accounts.allowed_logins)) {
            self.refused(caller, Method::Oauth, &format!("{:?} is not among oauth.allowed_logins", identity.subject));
            return Err(AppError::NotInvited);
        }
        let user = self.user_for(caller, &identity).await?;
        if user.disabled_at.is_some() {
            return Err(self.refused(caller, Method::Oauth, "the account is disabled"));
        }
        self.begin_login(caller, user, Method::Oauth, with).await
    }

    /// What people call the identity provider, where there is one.
    #[must_use]
    pub fn provider_name(&self) -> Option<&str> {
        self.inner.provider.as_ref().filter(|_| self.has_way(Way::Oauth)).map(|provider| provider.name())
    }

    /// Ends the caller's own sign-in, or their being a guest.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), AppError> {
        let standing = caller.credential.as_ref().map(|credential| credential.standing.clone()).unwrap_or_default();
        let audit = caller.audit(self.now(), "login.ended", Verdict::Done);
        if let Some(id) = standing.login {
            self.inner.store.end_login(id, self.now(), audit.into()).await?;
        } else if let Some(id) = standing.guest {
            self.inner.store.end_guest(id, self.now(), audit.into()).await?;
        }
        self.accounts_changed().await;
        Ok(())
    }

    /// The caller's own sign-ins that have not ended, newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], and those of the store.
    pub async fn logins(&self, caller: &Caller) -> Result<Vec<LoginRow>, AppError> {
        let login = Self::own_login(caller)?;
        let now = self.now();
        let mut logins = self.inner.store.logins(login).await?;
        logins.retain(|login| login.expires_at > now);
        Ok(logins)
    }

    /// Ends one of the caller's own sign-ins.
    ///
    /// # Errors
    /// [`AppError::NotFound`], and those of the store.
    pub async fn end_login(&self, caller: &Caller, id: &str) -> Result<(), AppError> {
        let own = self.logins(caller).await?;
        let found = own.iter().find(|login| login.id.to_string() == id).ok_or(AppError::NotFound(Noun::Login))?;
        let mut audit = caller.audit(self.now(), "login.ended", Verdict::Done);
        audit.subject = Some(found.id.to_string());
        self.inner.store.end_login(found.id, self.now(), caller.by(audit)).await?;
        self.accounts_changed().await;
        Ok(())
    }

    /// Changes the caller's own password; all their other sign-ins end.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] where `current` is wrong, [`AppError::Invalid`], and those of the store.
    pub async fn change_password(&self, caller: &Caller, current: &str, password: &str) -> Result<(), AppError> {
        let login = Self::own_login(caller)?.to_owned();
        check_new(password, "/password")?;
        let user = self.check_password(caller, Method::Password, &login, current).await?;
        let hash = self.hash_password(password.to_owned()).await?;
        let audit = caller.audit(self.now(), "user.password_changed", Verdict::Done);
        let changed = UserRow { password: Some(hash), version: user.version + 1, ..user };
        let own = caller.credential.as_ref().and_then(|credential| credential.standing.login);
        let rules = UserRules { logins: Logins::End { except: own }, ..UserRules::default() };
        self.inner.store.save_user(changed, rules, caller.by(audit)).await?;
        self.accounts_changed().await;
        Ok(())
    }

    /// The link's secret that makes the first administrator: nothing once there is one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn offer_set_up(&self) -> Result<Option<String>, AppError> {
        if !self.needs_sign_in() || self.inner.store.has_admin().await? {
            return Ok(None);
        }
        let secret = secret_text(&self.inner.ids.secret());
        *lock(&self.inner.accounts.set_up) = Some(secret_digest(&secret));
        Ok(Some(secret))
    }

    /// Whether the link that makes the first administrator is out.
    #[must_use]
    pub fn awaits_set_up(&self) -> bool {
        lock(&self.inner.accounts.set_up).is_some()
    }

    /// Makes the first administrator, once, and signs them in.
    ///
    /// # Errors
    /// [`AppError::AlreadySetUp`], [`AppError::Unauthenticated`] for another secret, [`AppError::Invalid`], and those of
    /// the store.
    pub async fn set_up(
        &self,
        caller: &Caller,
        secret: &str,
        user: super::NewUser,
        with: SignIn,
    ) -> Result<SignedIn, AppError> {
        if !self.awaits_set_up() {
            return Err(AppError::AlreadySetUp);
        }
        self.address_allowed(caller.address)?;
        if *lock(&self.inner.accounts.set_up) != Some(secret_digest(secret)) {
            return Err(self.refused(caller, Method::Setup, "another secret than the one that was printed"));
        }
        if user.password.is_none() {
            let finding = askwell_core::Finding::new("/password", askwell_core::Code::MissingField);
            return Err(AppError::Invalid(vec![finding]));
        }
        let row = self.new_user(super::NewUser { role: Role::Admin, ..user }).await?;
        let mut audit = caller.audit(self.now(), "user.created", Verdict::Done);
        audit.method = Some(Method::Setup.as_str().to_owned());
        audit.subject = Some(row.login.clone());
        let rules = UserRules { admins: Admins::NoneYet, ..UserRules::default() };
        match self.inner.store.save_user(row.clone(), rules, audit.into()).await {
            // What failed before may be tried again.
            Ok(()) => *lock(&self.inner.accounts.set_up) = None,
            Err(StoreError::Stale) => return Err(AppError::LoginTaken),
            // Somebody was faster, or an administrator has come by another way.
            Err(StoreError::Admins) => {
                *lock(&self.inner.accounts.set_up) = None;
                return Err(self.refused(caller, Method::Setup, "there is an administrator already"));
            }
            Err(error) => return Err(error.into()),
        }
        self.accounts_changed().await;
        self.begin_login(caller, row, Method::Setup, with).await
    }

    async fn begin_login(
        &self,
        caller: &Caller,
        user: UserRow,
        method: Method,
        with: SignIn,
    ) -> Result<SignedIn, AppError> {
        let accounts = self.inner.settings.accounts.as_ref().ok_or(AppError::Unauthenticated)?;
        let now = self.now();
        let secret = secret_text(&self.inner.ids.secret());
        let row = LoginRow {
            id: self.inner.ids.login(),
            digest: secret_digest(&secret),
            login: user.login.clone(),
            method: method.as_str().to_owned(),
            address: caller.address.map(|address| address.to_string()),
            agent: with.agent,
            created_at: now,
            expires_at: now.saturating_add(accounts.login_lifetime).unwrap_or(Timestamp::MAX),
            ended_at: None,
        };
        let mut audit = caller.audit(now, "login.began", Verdict::Done);
        audit.actor = format!("user:{}", user.login);
        audit.method = Some(method.as_str().to_owned());
        audit.credential = Some(row.id.to_string());
        self.inner.store.add_login(row.clone(), audit.into()).await?;
        metrics::counter!("askwell_sign_ins_total", "method" => method.as_str()).increment(1);
        Ok(SignedIn { admitted: by_login(&row, user)?, secret, expires_at: row.expires_at })
    }
}

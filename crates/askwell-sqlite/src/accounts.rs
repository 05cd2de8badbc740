//! People, what they sign in with, and tokens.
//!
//! Every change that could take a right away raises the epoch in its own
//! transaction, and is made only if whoever makes it still stands there. Neighbours: `accounts/rows.rs` reads rows, `audit` keeps what is
//! said of each change.

mod rows;

use askwell_app::ports::{
    AccountStore, By, Digest, GuestRow, Lane, LoginRow, Logins, PasskeyRow, Standing, StoreError, TokenRow, UserRow,
    UserRules,
};
use askwell_core::access::{GuestId, LoginId, TokenId};
use askwell_core::ids::SessionId;
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::batch::{Batch, Task};
use crate::error::Fault;
use crate::{SqliteStore, audit};

/// Whether a change can take a right away, so that what was let in is looked at again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Rights,
}

/// A guest stands for as long as whoever vouches for them.
const GUEST_STANDS: &str = "SELECT 1 FROM guests WHERE id = ?1 AND ended_at IS NULL AND NOT EXISTS
    (SELECT 1 FROM users WHERE login = guests.invited_by AND disabled_at IS NOT NULL)";

/// Whether all that somebody was let in by still stands.
pub(crate) fn stands(conn: &Connection, standing: &Standing) -> rusqlite::Result<bool> {
    let Standing { account, owner, token, login, guest } = standing;
    if let Some((login, version)) = account {
        let sql = "SELECT 1 FROM users WHERE login = ?1 AND version = ?2 AND disabled_at IS NULL";
        if !conn.prepare_cached(sql)?.exists(params![login, signed(*version)])? {
            return Ok(false);
        }
    }
    if let Some((login, role)) = owner {
        let sql = "SELECT 1 FROM users WHERE login = ?1 AND role = ?2 AND disabled_at IS NULL";
        if !conn.prepare_cached(sql)?.exists(params![login, rows::role(*role)])? {
            return Ok(false);
        }
    }
    let exists = |sql: &str, id: &[u8; 16]| conn.prepare_cached(sql)?.exists([id]);
    if let Some(id) = token
        && !exists("SELECT 1 FROM tokens WHERE id = ?1 AND revoked_at IS NULL", id.0.as_bytes())?
    {
        return Ok(false);
    }
    if let Some(id) = login
        && !exists("SELECT 1 FROM logins WHERE id = ?1 AND ended_at IS NULL", id.0.as_bytes())?
    {
        return Ok(false);
    }
    if let Some(id) = guest
        && !exists(GUEST_STANDS, id.0.as_bytes())?
    {
        return Ok(false);
    }
    Ok(true)
}

impl SqliteStore {
    /// Changes accounts; what the audit says of it is kept if anything was changed.
    async fn change_accounts<F>(&self, takes: Takes, by: By, mut work: F) -> Result<bool, StoreError>
    where
        F: FnMut(&Connection) -> Result<usize, Fault> + Send + 'static,
    {
        let By { audit: entry, standing } = by;
        self.write(Lane::Decide, move |batch: &mut Batch<'_>| {
            if !stands(batch.conn, &standing)? {
                return Err(Fault::Refused(StoreError::NotStanding));
            }
            let changed = work(batch.conn)? > 0;
            if changed {
                audit::append(batch, &entry)?;
                if takes == Takes::Rights {
                    batch.conn.prepare_cached("UPDATE accounts_epoch SET epoch = epoch + 1")?.execute([])?;
                }
            }
            Ok(changed)
        })
        .await
    }

    async fn find<T, P>(
        &self,
        sql: &'static str,
        params: P,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError>
    where
        T: Send + 'static,
        P: Params + Send + 'static,
    {
        self.read(move |conn| Ok(conn.prepare_cached(sql)?.query_row(params, read).optional()?)).await
    }

    async fn collect<T, P>(
        &self,
        sql: &'static str,
        params: P,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError>
    where
        T: Send + 'static,
        P: Params + Send + 'static,
    {
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let found = statement.query_map(params, read)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A row that is new changes one row; anything else was there already.
fn fresh(changed: bool) -> Result<(), StoreError> {
    if changed { Ok(()) } else { Err(StoreError::Stale) }
}

#[async_trait]
impl AccountStore for SqliteStore {
    async fn accounts_epoch(&self) -> Result<u64, StoreError> {
        let epoch = self.find("SELECT epoch FROM accounts_epoch", [], |row| row.get(0)).await?;
        Ok(epoch.unwrap_or(0))
    }

    async fn stands(&self, standing: &Standing) -> Result<bool, StoreError> {
        let standing = standing.clone();
        self.read(move |conn| Ok(stands(conn, &standing)?)).await
    }

    async fn user(&self, login: &str) -> Result<Option<UserRow>, StoreError> {
        self.find(rows::USER_BY_LOGIN, [login.to_owned()], rows::user).await
    }

    async fn user_of(&self, external: &str) -> Result<Option<UserRow>, StoreError> {
        self.find(rows::USER_BY_EXTERNAL, [external.to_owned()], rows::user).await
    }

    async fn users(&self, after: Option<&str>, limit: usize) -> Result<Vec<UserRow>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.collect(rows::USERS, (after.unwrap_or_default().to_owned(), limit), rows::user).await
    }

    async fn has_admin(&self) -> Result<bool, StoreError> {
        self.read(|conn| Ok(rows::has_admin(conn, None)?)).await
    }

    async fn choices(&self, text: &str, limit: usize) -> Result<(Vec<(String, String)>, Vec<String>), StoreError> {
        let (text, limit) = (text.to_lowercase(), i64::try_from(limit).unwrap_or(i64::MAX));
        let pair = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let people = self.collect(rows::PEOPLE_NAMED, (text.clone(), limit), pair).await?;
        let groups = self.collect(rows::GROUPS_NAMED, (text, limit), |row| row.get(0)).await?;
        Ok((people, groups))
    }

    async fn save_user(&self, user: UserRow, rules: UserRules, by: By) -> Result<(), StoreError> {
        let at = by.audit.at;
        let changed = self
            .change_accounts(Takes::Rights, by, move |conn| {
                if !rows::admins_permit(conn, &user, rules.admins)? {
                    return Err(Fault::Refused(StoreError::Admins));
                }
                let changed = rows::save_user(conn, &user)?;
                if let Logins::End { except } = rules.logins
                    && changed > 0
                {
                    rows::end_logins(conn, &user.login, except, at)?;
                }
                Ok(changed)
            })
            .await?;
        fresh(changed)
    }

    async fn token(&self, digest: &Digest) -> Result<Option<TokenRow>, StoreError> {
        self.find(rows::TOKEN_BY_DIGEST, [*digest], rows::token).await
    }

    async fn tokens(&self, owner: Option<&str>) -> Result<Vec<TokenRow>, StoreError> {
        match owner {
            Some(owner) => self.collect(rows::TOKENS_OF, [owner.to_owned()], rows::token).await,
            None => self.collect(rows::TOKENS, [], rows::token).await,
        }
    }

    async fn add_token(&self, token: TokenRow, by: By) -> Result<(), StoreError> {
        fresh(self.change_accounts(Takes::Nothing, by, move |conn| Ok(rows::add_token(conn, &token)?)).await?)
    }

    async fn revoke_token(&self, id: TokenId, owner: Option<&str>, at: Timestamp, by: By) -> Result<bool, StoreError> {
        let owner = owner.map(str::to_owned);
        self.change_accounts(Takes::Rights, by, move |conn| {
            let sql = "UPDATE tokens SET revoked_at = ?2
                WHERE id = ?1 AND revoked_at IS NULL AND (?3 IS NULL OR owner = ?3)";
            Ok(conn.prepare_cached(sql)?.execute(params![id.0.as_bytes(), at.as_millisecond(), owner])?)
        })
        .await
    }

    fn note_token_use(&self, id: TokenId, at: Timestamp) {
        let (task, _) = Task::new(move |batch: &mut Batch<'_>| -> Result<(), Fault> {
            batch
                .conn
                .prepare_cached("UPDATE tokens SET last_used_at = ?2 WHERE id = ?1")?
                .execute(params![id.0.as_bytes(), at.as_millisecond()])?;
            Ok(())
        });
        // A hint: what does not fit is told by the next use.
        let _ = self.queue().push(Lane::Open, Box::new(task));
    }

    async fn login(&self, digest: &Digest) -> Result<Option<LoginRow>, StoreError> {
        self.find(rows::LOGIN_BY_DIGEST, [*digest], rows::login).await
    }

    async fn logins(&self, login: &str) -> Result<Vec<LoginRow>, StoreError> {
        self.collect(rows::LOGINS_OF, [login.to_owned()], rows::login).await
    }

    async fn add_login(&self, login: LoginRow, by: By) -> Result<(), StoreError> {
        fresh(self.change_accounts(Takes::Nothing, by, move |conn| Ok(rows::add_login(conn, &login)?)).await?)
    }

    async fn end_login(&self, id: LoginId, at: Timestamp, by: By) -> Result<bool, StoreError> {
        self.change_accounts(Takes::Rights, by, move |conn| {
            let sql = "UPDATE logins SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL";
            Ok(conn.prepare_cached(sql)?.execute(params![id.0.as_bytes(), at.as_millisecond()])?)
        })
        .await
    }

    async fn forget_logins(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(Lane::Open, move |batch: &mut Batch<'_>| {
            let sql = "DELETE FROM logins WHERE id IN (SELECT id FROM logins WHERE expires_at < ?1 LIMIT ?2)";
            Ok(batch.conn.prepare_cached(sql)?.execute(params![before.as_millisecond(), limit])?)
        })
        .await
    }

    async fn guest(&self, digest: &Digest) -> Result<Option<GuestRow>, StoreError> {
        self.find(rows::GUEST_BY_DIGEST, [*digest], rows::guest).await
    }

    async fn guest_by_cookie(&self, cookie: &Digest) -> Result<Option<GuestRow>, StoreError> {
        self.find(rows::GUEST_BY_COOKIE, [*cookie], rows::guest).await
    }

    async fn guests(&self, session: SessionId) -> Result<Vec<GuestRow>, StoreError> {
        self.collect(rows::GUESTS_OF, [*session.0.as_bytes()], rows::guest).await
    }

    async fn add_guest(&self, guest: GuestRow, by: By) -> Result<(), StoreError> {
        fresh(self.change_accounts(Takes::Nothing, by, move |conn| Ok(rows::add_guest(conn, &guest)?)).await?)
    }

    async fn use_guest(&self, id: GuestId, cookie: Digest, at: Timestamp, by: By) -> Result<bool, StoreError> {
        self.change_accounts(Takes::Nothing, by, move |conn| {
            let sql =
                "UPDATE guests SET used_at = ?2, cookie = ?3 WHERE id = ?1 AND used_at IS NULL AND ended_at IS NULL";
            Ok(conn.prepare_cached(sql)?.execute(params![id.0.as_bytes(), at.as_millisecond(), cookie])?)
        })
        .await
    }

    async fn end_guest(&self, id: GuestId, at: Timestamp, by: By) -> Result<bool, StoreError> {
        self.change_accounts(Takes::Rights, by, move |conn| {
            let sql = "UPDATE guests SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL";
            Ok(conn.prepare_cached(sql)?.execute(params![id.0.as_bytes(), at.as_millisecond()])?)
        })
        .await
    }

    async fn passkeys(&self, login: &str) -> Result<Vec<PasskeyRow>, StoreError> {
        self.collect(rows::PASSKEYS_OF, [login.to_owned()], rows::passkey).await
    }

    async fn save_passkey(&self, passkey: PasskeyRow, by: By) -> Result<(), StoreError> {
        fresh(self.change_accounts(Takes::Nothing, by, move |conn| Ok(rows::save_passkey(conn, &passkey)?)).await?)
    }

    async fn remove_passkey(&self, login: &str, id: &str, by: By) -> Result<bool, StoreError> {
        let (login, id) = (login.to_owned(), id.to_owned());
        self.change_accounts(Takes::Nothing, by, move |conn| {
            Ok(conn.prepare_cached("DELETE FROM passkeys WHERE id = ?1 AND login = ?2")?.execute([&id, &login])?)
        })
        .await
    }
}

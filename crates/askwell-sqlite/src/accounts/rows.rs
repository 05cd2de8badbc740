//! Between rows of accounts and the types of the port.

use askwell_app::ports::{Admins, GuestRow, LoginRow, PasskeyRow, TokenRow, UserRow};
use askwell_core::access::{GuestId, LoginId, Role, TokenId};
use askwell_core::ids::SessionId;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::signed;
use crate::rows::{maybe_timestamp, timestamp, unreadable, uuid};

macro_rules! select {
    (users $rest:literal) => {
        concat!(
            "SELECT login, name, email, groups, role, password, external, created_at, disabled_at, version FROM users ",
            $rest
        )
    };
    (tokens $rest:literal) => {
        concat!(
            "SELECT id, digest, name, owner, scopes, workflow_prefix, created_at, expires_at, last_used_at, revoked_at
             FROM tokens ",
            $rest
        )
    };
    (logins $rest:literal) => {
        concat!(
            "SELECT id, digest, login, method, address, agent, created_at, expires_at, ended_at FROM logins ",
            $rest
        )
    };
    (guests $rest:literal) => {
        concat!(
            "SELECT id, digest, session, name, invited_by, created_at, expires_at, used_at, cookie, ended_at
             FROM guests ",
            $rest
        )
    };
}

pub(super) const USER_BY_LOGIN: &str = select!(users "WHERE login = ?1");
pub(super) const USER_BY_EXTERNAL: &str = select!(users "WHERE external = ?1");
pub(super) const USERS: &str = select!(users "WHERE login > ?1 ORDER BY login LIMIT ?2");
pub(super) const PEOPLE_NAMED: &str = "SELECT login, name FROM users
    WHERE disabled_at IS NULL AND (instr(login, ?1) OR contains_folded(name, ?1)) ORDER BY login LIMIT ?2";
pub(super) const GROUPS_NAMED: &str = "SELECT DISTINCT g.value FROM users, json_each(users.groups) AS g
    WHERE contains_folded(g.value, ?1) ORDER BY g.value LIMIT ?2";
pub(super) const TOKEN_BY_DIGEST: &str = select!(tokens "WHERE digest = ?1");
pub(super) const TOKENS_OF: &str = select!(tokens "WHERE owner = ?1 ORDER BY created_at DESC, id DESC");
pub(super) const TOKENS: &str = select!(tokens "ORDER BY created_at DESC, id DESC");
pub(super) const LOGIN_BY_DIGEST: &str = select!(logins "WHERE digest = ?1");
pub(super) const LOGINS_OF: &str =
    select!(logins "WHERE login = ?1 AND ended_at IS NULL ORDER BY created_at DESC, id DESC");
pub(super) const GUEST_BY_DIGEST: &str = select!(guests "WHERE digest = ?1");
pub(super) const GUEST_BY_COOKIE: &str = select!(guests "WHERE cookie = ?1");
pub(super) const GUESTS_OF: &str = select!(guests "WHERE session = ?1 ORDER BY created_at DESC, id DESC");
pub(super) const PASSKEYS_OF: &str = "SELECT id, login, name, data, created_at, last_used_at FROM passkeys
    WHERE login = ?1 ORDER BY created_at, id";

pub(super) fn user(row: &Row<'_>) -> rusqlite::Result<UserRow> {
    let role = match row.get_ref(4)?.as_str()? {
        "admin" => Role::Admin,
        _ => Role::Member,
    };
    Ok(UserRow {
        login: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        groups: crate::rows::json(row, 3)?,
        role,
        password: row.get(5)?,
        external: row.get(6)?,
        created_at: timestamp(row, 7)?,
        disabled_at: maybe_timestamp(row, 8)?,
        version: row.get(9)?,
    })
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::Member => "member",
    }
}

/// Whether there is an administrator who may sign in, beside `other`.
pub(super) fn has_admin(conn: &Connection, other: Option<&str>) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM users WHERE role = 'admin' AND disabled_at IS NULL AND login IS NOT ?1";
    conn.prepare_cached(sql)?.exists([other])
}

/// Whether a person may become this, as far as there must be an administrator.
pub(super) fn admins_permit(conn: &Connection, user: &UserRow, rule: Admins) -> rusqlite::Result<bool> {
    match rule {
        Admins::Any => Ok(true),
        Admins::NoneYet => Ok(!has_admin(conn, None)?),
        Admins::OneRemains => {
            let reigns = user.role == Role::Admin && user.disabled_at.is_none();
            Ok(reigns || has_admin(conn, Some(&user.login))? || !has_admin(conn, None)?)
        }
    }
}

/// Ends the sign-ins of a person, but for one.
pub(super) fn end_logins(
    conn: &Connection,
    login: &str,
    except: Option<LoginId>,
    at: Timestamp,
) -> rusqlite::Result<usize> {
    let sql = "UPDATE logins SET ended_at = ?2 WHERE login = ?1 AND ended_at IS NULL AND id IS NOT ?3";
    conn.prepare_cached(sql)?.execute(params![login, at.as_millisecond(), except.map(|id| *id.0.as_bytes())])
}

/// Inserts version 1, or updates the version before.
pub(super) fn save_user(conn: &Connection, user: &UserRow) -> rusqlite::Result<usize> {
    let groups = serde_json::json!(user.groups).to_string();
    let sql = if user.version == 1 {
        "INSERT INTO users (login, name, email, groups, role, password, external, created_at, disabled_at, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE users SET name = ?2, email = ?3, groups = ?4, role = ?5, password = ?6, external = ?7, created_at = ?8,
            disabled_at = ?9, version = ?10
         WHERE login = ?1 AND version = ?10 - 1"
    };
    conn.prepare_cached(sql)?.execute(params![
        user.login,
        user.name,
        user.email,
        groups,
        role(user.role),
        user.password,
        user.external,
        user.created_at.as_millisecond(),
        millis(user.disabled_at),
        signed(user.version),
    ])
}

pub(super) fn token(row: &Row<'_>) -> rusqlite::Result<TokenRow> {
    Ok(TokenRow {
        id: TokenId(uuid(row, 0)?),
        digest: row.get(1)?,
        name: row.get(2)?,
        owner: row.get(3)?,
        scopes: crate::rows::json(row, 4)?,
        workflow_prefix: row.get(5)?,
        created_at: timestamp(row, 6)?,
        expires_at: maybe_timestamp(row, 7)?,
        last_used_at: maybe_timestamp(row, 8)?,
        revoked_at: maybe_timestamp(row, 9)?,
    })
}

pub(super) fn add_token(conn: &Connection, token: &TokenRow) -> rusqlite::Result<usize> {
    let scopes = serde_json::to_string(&token.scopes).map_err(|error| unreadable(4, error))?;
    conn.prepare_cached(
        "INSERT INTO tokens (id, digest, name, owner, scopes, workflow_prefix, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        token.id.0.as_bytes(),
        token.digest,
        token.name,
        token.owner,
        scopes,
        token.workflow_prefix,
        token.created_at.as_millisecond(),
        millis(token.expires_at),
    ])
}

pub(super) fn login(row: &Row<'_>) -> rusqlite::Result<LoginRow> {
    Ok(LoginRow {
        id: LoginId(uuid(row, 0)?),
        digest: row.get(1)?,
        login: row.get(2)?,
        method: row.get(3)?,
        address: row.get(4)?,
        agent: row.get(5)?,
        created_at: timestamp(row, 6)?,
        expires_at: timestamp(row, 7)?,
        ended_at: maybe_timestamp(row, 8)?,
    })
}

pub(super) fn add_login(conn: &Connection, login: &LoginRow) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "INSERT INTO logins (id, digest, login, method, address, agent, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        login.id.0.as_bytes(),
        login.digest,
        login.login,
        login.method,
        login.address,
        login.agent,
        login.created_at.as_millisecond(),
        login.expires_at.as_millisecond(),
    ])
}

pub(super) fn guest(row: &Row<'_>) -> rusqlite::Result<GuestRow> {
    Ok(GuestRow {
        id: GuestId(uuid(row, 0)?),
        digest: row.get(1)?,
        session: SessionId(uuid(row, 2)?),
        name: row.get(3)?,
        invited_by: row.get(4)?,
        created_at: timestamp(row, 5)?,
        expires_at: timestamp(row, 6)?,
        used_at: maybe_timestamp(row, 7)?,
        cookie: row.get(8)?,
        ended_at: maybe_timestamp(row, 9)?,
    })
}

pub(super) fn add_guest(conn: &Connection, guest: &GuestRow) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "INSERT INTO guests (id, digest, session, name, invited_by, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        guest.id.0.as_bytes(),
        guest.digest,
        guest.session.0.as_bytes(),
        guest.name,
        guest.invited_by,
        guest.created_at.as_millisecond(),
        guest.expires_at.as_millisecond(),
    ])
}

pub(super) fn passkey(row: &Row<'_>) -> rusqlite::Result<PasskeyRow> {
    Ok(PasskeyRow {
        id: row.get(0)?,
        login: row.get(1)?,
        name: row.get(2)?,
        data: row.get(3)?,
        created_at: timestamp(row, 4)?,
        last_used_at: maybe_timestamp(row, 5)?,
    })
}

/// A passkey belongs to whoever registered it first.
pub(super) fn save_passkey(conn: &Connection, passkey: &PasskeyRow) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "INSERT INTO passkeys (id, login, name, data, created_at, last_used_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET name = ?3, data = ?4, last_used_at = ?6 WHERE login = ?2",
    )?
    .execute(params![
        passkey.id,
        passkey.login,
        passkey.name,
        passkey.data,
        passkey.created_at.as_millisecond(),
        millis(passkey.last_used_at),
    ])
}

fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millisecond)
}

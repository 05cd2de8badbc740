//! The parts of a store that no planted bug touches: they go straight through to the engine.

use askwell_app::ports::{
    AccountStore, AuditQuery, AuditRow, AuditStore, By, Digest, FileRoom, FileRow, FileStore, GuestRow, LoginRow,
    PasskeyRow, SealedBatch, Standing, StoreError, TokenRow, UserRow, UserRules,
};
use askwell_core::access::{GuestId, LoginId, TokenId};
use askwell_core::audit::AuditEntry;
use askwell_core::ids::{FileId, SessionId};
use async_trait::async_trait;
use jiff::Timestamp;

use super::store::PlantedStore;

/// Implements a port by calling the same method of `inner`.
macro_rules! straight_through {
    ($port:ident: $(fn $name:ident($($argument:ident: $type:ty),*) -> $out:ty;)*) => {
        straight_through! { $port: $(fn $name($($argument: $type),*) -> $out;)* plain }
    };
    ($port:ident: $(fn $name:ident($($argument:ident: $type:ty),*) -> $out:ty;)* plain
     $(fn $told:ident($($said:ident: $as:ty),*);)*) => {
        #[async_trait]
        impl $port for PlantedStore {
            $(async fn $name(&self, $($argument: $type),*) -> Result<$out, StoreError> {
                self.inner.$name($($argument),*).await
            })*
            $(fn $told(&self, $($said: $as),*) {
                self.inner.$told($($said),*);
            })*
        }
    };
}

straight_through! { FileStore:
    fn add_file(file: FileRow, room: FileRoom) -> ();
    fn files(session: SessionId) -> Vec<FileRow>;
    fn file(id: FileId) -> Option<FileRow>;
    fn remove_file(id: FileId) -> bool;
    fn files_total() -> u64;
    fn orphan_files(before: Timestamp, limit: usize) -> Vec<FileRow>;
}

straight_through! { AuditStore:
    fn record(entries: Vec<AuditEntry>) -> ();
    fn audit(query: AuditQuery) -> Vec<AuditRow>;
    fn sealed(after: u64, limit: usize) -> Vec<SealedBatch>;
}

straight_through! { AccountStore:
    fn accounts_epoch() -> u64;
    fn stands(standing: &Standing) -> bool;
    fn user(login: &str) -> Option<UserRow>;
    fn user_of(external: &str) -> Option<UserRow>;
    fn users(after: Option<&str>, limit: usize) -> Vec<UserRow>;
    fn has_admin() -> bool;
    fn choices(text: &str, limit: usize) -> (Vec<(String, String)>, Vec<String>);
    fn save_user(user: UserRow, rules: UserRules, by: By) -> ();
    fn token(digest: &Digest) -> Option<TokenRow>;
    fn tokens(owner: Option<&str>) -> Vec<TokenRow>;
    fn add_token(token: TokenRow, by: By) -> ();
    fn revoke_token(id: TokenId, owner: Option<&str>, at: Timestamp, by: By) -> bool;
    fn login(digest: &Digest) -> Option<LoginRow>;
    fn logins(login: &str) -> Vec<LoginRow>;
    fn add_login(login: LoginRow, by: By) -> ();
    fn end_login(id: LoginId, at: Timestamp, by: By) -> bool;
    fn forget_logins(before: Timestamp, limit: usize) -> usize;
    fn guest(digest: &Digest) -> Option<GuestRow>;
    fn guest_by_cookie(cookie: &Digest) -> Option<GuestRow>;
    fn guests(session: SessionId) -> Vec<GuestRow>;
    fn add_guest(guest: GuestRow, by: By) -> ();
    fn use_guest(id: GuestId, cookie: Digest, at: Timestamp, by: By) -> bool;
    fn end_guest(id: GuestId, at: Timestamp, by: By) -> bool;
    fn passkeys(login: &str) -> Vec<PasskeyRow>;
    fn save_passkey(passkey: PasskeyRow, by: By) -> ();
    fn remove_passkey(login: &str, id: &str, by: By) -> bool;
    plain
    fn note_token_use(id: TokenId, at: Timestamp);
}

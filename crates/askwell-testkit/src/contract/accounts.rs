//! Accounts: people, tokens, sign-ins, guests, passkeys. Neighbours: `standing` says what of it still lets in.

use askwell_app::ports::{
    AccountStore, AuditQuery, AuditStore, By, GuestRow, Ids, LoginRow, PasskeyRow, StoreError, TokenRow, UserRow,
    UserRules,
};
use askwell_core::access::{GuestId, LoginId, Role, TokenId, TokenScope};
use askwell_core::ids::SessionId;

use super::{Engine, World};
use crate::fixtures::entry;

/// An act that the audit could keep.
pub(super) fn act(world: &World<impl Engine>) -> By {
    entry("test", world.now().wall).into()
}

pub(super) fn user(world: &World<impl Engine>, login: &str) -> UserRow {
    UserRow {
        login: login.to_owned(),
        name: "李梅".to_owned(),
        email: Some("m@example.com".to_owned()),
        groups: vec!["night".to_owned(), "ops".to_owned()],
        role: Role::Admin,
        password: Some("$argon2id$…".to_owned()),
        external: Some(format!("https://id.example {login}")),
        created_at: world.now().wall,
        disabled_at: None,
        version: 1,
    }
}

fn token(world: &World<impl Engine>, digest: u8, owner: &str) -> TokenRow {
    TokenRow {
        id: world.ids.token(),
        digest: [digest; 32],
        name: "ci".to_owned(),
        owner: owner.to_owned(),
        scopes: [TokenScope::Read, TokenScope::Create].into_iter().collect(),
        workflow_prefix: Some("deploy-".to_owned()),
        created_at: world.now().wall,
        expires_at: Some(world.now().wall),
        last_used_at: None,
        revoked_at: None,
    }
}

fn login(world: &World<impl Engine>, digest: u8, of: &str) -> LoginRow {
    LoginRow {
        id: world.ids.login(),
        digest: [digest; 32],
        login: of.to_owned(),
        method: "password".to_owned(),
        address: Some("::1".to_owned()),
        agent: Some("curl".to_owned()),
        created_at: world.now().wall,
        expires_at: world.now().wall,
        ended_at: None,
    }
}

fn guest(world: &World<impl Engine>, digest: u8, session: SessionId) -> GuestRow {
    GuestRow {
        id: world.ids.guest(),
        digest: [digest; 32],
        session,
        name: "客人".to_owned(),
        invited_by: "mei".to_owned(),
        created_at: world.now().wall,
        expires_at: world.now().wall,
        used_at: None,
        cookie: None,
        ended_at: None,
    }
}

fn passkey(world: &World<impl Engine>, id: &str, of: &str) -> PasskeyRow {
    PasskeyRow {
        id: id.to_owned(),
        login: of.to_owned(),
        name: "key".to_owned(),
        data: "{}".to_owned(),
        created_at: world.now().wall,
        last_used_at: None,
    }
}

async fn epoch<E: Engine>(world: &World<E>) -> u64 {
    world.store().accounts_epoch().await.unwrap()
}

/// A person is stored once, changed only from the version that was seen, and found by each of their names.
pub async fn people_are_kept<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    assert_eq!((store.user("mei").await, store.users(None, 9).await), (Ok(None), Ok(vec![])));
    let mei = user(&world, "mei");
    store.save_user(mei.clone(), UserRules::default(), act(&world)).await.unwrap();
    assert_eq!(store.user("mei").await, Ok(Some(mei.clone())));
    assert_eq!(store.user_of("https://id.example mei").await, Ok(Some(mei.clone())));
    assert_eq!(store.user_of("https://id.example me").await, Ok(None));
    // The login is taken, and so is who they are elsewhere.
    let impostor = UserRow { external: None, name: "x".to_owned(), ..mei.clone() };
    assert_eq!(store.save_user(impostor, UserRules::default(), act(&world)).await, Err(StoreError::Stale));
    let twin = UserRow { external: mei.external.clone(), ..user(&world, "twin") };
    assert_eq!(store.save_user(twin, UserRules::default(), act(&world)).await, Err(StoreError::Stale));
    let second = UserRow { version: 2, role: Role::Member, groups: vec![], email: None, password: None, ..mei.clone() };
    store.save_user(second.clone(), UserRules::default(), act(&world)).await.unwrap();
    for stale in [1, 2, 4] {
        let stale = UserRow { version: stale, name: "stale".to_owned(), ..mei.clone() };
        assert_eq!(store.save_user(stale, UserRules::default(), act(&world)).await, Err(StoreError::Stale));
    }
    let nobody = UserRow { version: 2, ..user(&world, "nobody") };
    assert_eq!(store.save_user(nobody, UserRules::default(), act(&world)).await, Err(StoreError::Stale));
    for name in ["bob", "zoe", "ann"] {
        store.save_user(user(&world, name), UserRules::default(), act(&world)).await.unwrap();
    }
    let world = world.reopen().await;
    let store = world.store();
    assert_eq!(store.user("mei").await, Ok(Some(second)));
    let logins = async |after, limit| {
        let page = world.store().users(after, limit).await.unwrap();
        page.into_iter().map(|user| user.login).collect::<Vec<_>>()
    };
    assert_eq!(logins(None, 3).await, ["ann", "bob", "mei"]);
    assert_eq!(logins(Some("mei"), 3).await, ["zoe"]);
}

/// Of racers with the same news one is stored.
pub async fn one_of_many_changes_of_a_person_wins<E: Engine>() {
    let world = World::<E>::new().await;
    let racers = async |version| {
        let saves = (0..16).map(|number| {
            let row = UserRow { version, name: format!("racer {number}"), ..user(&world, "mei") };
            world.store().save_user(row, UserRules::default(), act(&world))
        });
        let outcomes = futures::future::join_all(saves).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(StoreError::Stale))), "{outcomes:?}");
        outcomes.iter().filter(|outcome| outcome.is_ok()).count()
    };
    assert_eq!((racers(1).await, racers(2).await), (1, 1));
}

/// Tokens are found by their secret's digest and by their owner; revoked once.
pub async fn tokens_are_kept<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    let first = token(&world, 1, "mei");
    world.advance(1);
    let second = TokenRow { expires_at: None, workflow_prefix: None, ..token(&world, 2, "mei") };
    let third = token(&world, 3, "bob");
    for row in [&first, &second, &third] {
        store.add_token(row.clone(), act(&world)).await.unwrap();
    }
    let same_secret = token(&world, 3, "eve");
    assert_eq!(store.add_token(same_secret, act(&world)).await, Err(StoreError::Stale));
    assert_eq!(store.token(&[1; 32]).await, Ok(Some(first.clone())));
    assert_eq!(store.token(&[9; 32]).await, Ok(None));
    assert_eq!(store.tokens(Some("mei")).await, Ok(vec![second.clone(), first.clone()]));
    assert_eq!(store.tokens(None).await.unwrap().len(), 3);
    assert_eq!(store.tokens(Some("eve")).await, Ok(vec![]));
    let at = world.now().wall;
    assert_eq!(store.revoke_token(first.id, None, at, act(&world)).await, Ok(true));
    world.advance(1);
    assert_eq!(store.revoke_token(first.id, None, world.now().wall, act(&world)).await, Ok(false));
    assert_eq!(store.revoke_token(world.ids.token(), None, at, act(&world)).await, Ok(false));
    store.note_token_use(second.id, at);
    // What is noted may come with a later batch.
    store.add_token(token(&world, 4, "bob"), act(&world)).await.unwrap();
    let world = world.reopen().await;
    let found = async |digest: u8| world.store().token(&[digest; 32]).await.unwrap().unwrap();
    assert_eq!(found(1).await, TokenRow { revoked_at: Some(at), ..first });
    assert_eq!(found(2).await, TokenRow { last_used_at: Some(at), ..second });
}

/// Sign-ins are found by their secret's digest, ended ones, too; and by person those that go on.
pub async fn sign_ins_are_kept<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    let first = login(&world, 1, "mei");
    world.advance(1);
    let (second, other) = (login(&world, 2, "mei"), login(&world, 3, "bob"));
    for row in [&first, &second, &other] {
        store.add_login(row.clone(), act(&world)).await.unwrap();
    }
    assert_eq!(store.add_login(login(&world, 3, "eve"), act(&world)).await, Err(StoreError::Stale));
    assert_eq!(store.logins("mei").await, Ok(vec![second.clone(), first.clone()]));
    let at = world.now().wall;
    assert_eq!(store.end_login(first.id, at, act(&world)).await, Ok(true));
    assert_eq!(store.end_login(first.id, at, act(&world)).await, Ok(false));
    assert_eq!(store.end_login(world.ids.login(), at, act(&world)).await, Ok(false));
    assert_eq!(store.logins("mei").await, Ok(vec![second]));
    let world = world.reopen().await;
    assert_eq!(world.store().login(&[1; 32]).await, Ok(Some(LoginRow { ended_at: Some(at), ..first })));
    assert_eq!(world.store().login(&[9; 32]).await, Ok(None));
}

/// A link lets in once, whoever is faster; one that was taken back never.
pub async fn a_guest_comes_in_once<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    let session = world.open(world.question()).await.id();
    let first = guest(&world, 1, session);
    world.advance(1);
    let back = guest(&world, 2, session);
    for row in [&first, &back] {
        store.add_guest(row.clone(), act(&world)).await.unwrap();
    }
    assert_eq!(store.add_guest(guest(&world, 1, session), act(&world)).await, Err(StoreError::Stale));
    assert_eq!(store.guests(session).await, Ok(vec![back.clone(), first.clone()]));
    assert_eq!(store.guests(world.ids.session()).await, Ok(vec![]));
    let at = world.now().wall;
    let attempts = (10..26).map(|cookie: u8| store.use_guest(first.id, [cookie; 32], at, act(&world)));
    let used = futures::future::join_all(attempts).await;
    let winners: Vec<u8> =
        (10..26).zip(&used).filter(|(_, used)| **used == Ok(true)).map(|(cookie, _)| cookie).collect();
    let [winner] = winners[..] else { panic!("{used:?}") };
    let entered = GuestRow { used_at: Some(at), cookie: Some([winner; 32]), ..first.clone() };
    assert_eq!(store.guest(&[1; 32]).await, Ok(Some(entered.clone())));
    assert_eq!(store.guest_by_cookie(&[winner; 32]).await, Ok(Some(entered)));
    for other in (9..27).filter(|other| *other != winner) {
        assert_eq!(store.guest_by_cookie(&[other; 32]).await, Ok(None));
    }
    assert_eq!(store.end_guest(back.id, at, act(&world)).await, Ok(true));
    assert_eq!(store.end_guest(back.id, at, act(&world)).await, Ok(false));
    assert_eq!(store.use_guest(back.id, [7; 32], at, act(&world)).await, Ok(false));
    assert_eq!(store.use_guest(world.ids.guest(), [7; 32], at, act(&world)).await, Ok(false));
    assert_eq!(store.guest_by_cookie(&[7; 32]).await, Ok(None));
}

/// A passkey stays with whoever registered it first.
pub async fn passkeys_are_kept<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    let first = passkey(&world, "a", "mei");
    world.advance(1);
    let second = passkey(&world, "b", "mei");
    for row in [&second, &first] {
        store.save_passkey(row.clone(), act(&world)).await.unwrap();
    }
    assert_eq!(store.passkeys("mei").await, Ok(vec![first.clone(), second.clone()]));
    let used = PasskeyRow { data: "{\"counter\":1}".to_owned(), last_used_at: Some(world.now().wall), ..first.clone() };
    store.save_passkey(used.clone(), act(&world)).await.unwrap();
    assert_eq!(store.save_passkey(passkey(&world, "a", "eve"), act(&world)).await, Err(StoreError::Stale));
    assert_eq!(store.passkeys("mei").await, Ok(vec![used, second]));
    assert_eq!(store.remove_passkey("eve", "a", act(&world)).await, Ok(false));
    assert_eq!(store.remove_passkey("mei", "a", act(&world)).await, Ok(true));
    assert_eq!(store.remove_passkey("mei", "a", act(&world)).await, Ok(false));
    assert_eq!(store.passkeys("mei").await.unwrap().len(), 1);
}

/// The epoch rises with what can take a right away, with nothing else, and with nothing that was refused.
pub async fn the_epoch_rises_with_what_takes_rights_away<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    let (session, at) = (world.open(world.question()).await.id(), world.now().wall);
    let (token, login) = (token(&world, 1, "mei"), login(&world, 1, "mei"));
    let (used, back) = (guest(&world, 1, session), guest(&world, 2, session));
    let before = epoch(&world).await;
    store.add_token(token.clone(), act(&world)).await.unwrap();
    store.add_login(login.clone(), act(&world)).await.unwrap();
    store.add_guest(used.clone(), act(&world)).await.unwrap();
    store.add_guest(back.clone(), act(&world)).await.unwrap();
    store.use_guest(used.id, [1; 32], at, act(&world)).await.unwrap();
    store.save_passkey(passkey(&world, "a", "mei"), act(&world)).await.unwrap();
    store.remove_passkey("mei", "a", act(&world)).await.unwrap();
    store.note_token_use(token.id, at);
    assert_eq!(epoch(&world).await, before, "nothing was taken away");
    let mut last = before;
    for takes in ["user", "token", "login", "guest", "used guest"] {
        let take = async || match takes {
            "user" => store.save_user(user(&world, "mei"), UserRules::default(), act(&world)).await.is_ok(),
            "token" => store.revoke_token(token.id, None, at, act(&world)).await.unwrap(),
            "login" => store.end_login(login.id, at, act(&world)).await.unwrap(),
            "guest" => store.end_guest(back.id, at, act(&world)).await.unwrap(),
            _ => store.end_guest(used.id, at, act(&world)).await.unwrap(),
        };
        assert!(take().await, "{takes}");
        let risen = epoch(&world).await;
        assert!(risen > last, "{takes}");
        assert!(!take().await, "{takes} again");
        assert_eq!(epoch(&world).await, risen, "{takes}: refused");
        last = risen;
    }
    let world = world.reopen().await;
    assert_eq!(epoch(&world).await, last);
}

/// What was done is in the audit, together with it; what was refused is not.
pub async fn what_was_refused_is_no_act<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    let acts = async || store.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap().len();
    let (session, at) = (world.open(world.question()).await.id(), world.now().wall);
    let before = acts().await;
    keys(&world, session).await;
    assert_eq!(acts().await, before + 4);
    assert!(store.save_user(user(&world, "mei"), UserRules::default(), act(&world)).await.is_err());
    assert!(store.add_token(token(&world, 1, "mei"), act(&world)).await.is_err());
    assert!(store.add_login(login(&world, 1, "mei"), act(&world)).await.is_err());
    assert!(store.add_guest(guest(&world, 1, session), act(&world)).await.is_err());
    assert_eq!(store.revoke_token(world.ids.token(), None, at, act(&world)).await, Ok(false));
    assert_eq!(store.end_login(world.ids.login(), at, act(&world)).await, Ok(false));
    assert_eq!(store.use_guest(world.ids.guest(), [1; 32], at, act(&world)).await, Ok(false));
    assert_eq!(store.remove_passkey("mei", "a", act(&world)).await, Ok(false));
    assert_eq!(acts().await, before + 4);
}

/// One of each that somebody can be let in by.
pub(super) struct Keys {
    pub(super) token: TokenId,
    pub(super) login: LoginId,
    pub(super) guest: GuestId,
}

pub(super) async fn keys<E: Engine>(world: &World<E>, session: SessionId) -> Keys {
    let store = world.store();
    let (token, login, guest) = (token(world, 1, "mei"), login(world, 1, "mei"), guest(world, 1, session));
    let keys = Keys { token: token.id, login: login.id, guest: guest.id };
    store.save_user(user(world, "mei"), UserRules::default(), act(world)).await.unwrap();
    store.add_token(token, act(world)).await.unwrap();
    store.add_login(login, act(world)).await.unwrap();
    store.add_guest(guest, act(world)).await.unwrap();
    keys
}

//! What somebody was let in by still stands, or has fallen: looked at with each commit, in its transaction.

use std::sync::Arc;

use askwell_app::ports::{AccountStore, Commit, Ids, SessionStore, Standing, StoreError, UserRow, UserRules, Visible};
use askwell_app::{Credential, Method};
use askwell_core::access::Role;
use askwell_core::ids::Version;

use super::accounts::{Keys, act, keys, user};
use super::{Engine, World};
use crate::fixtures::{cancelled, keyed, then};

/// What can fall, and the standing that falls with it.
fn falls(keys: &Keys) -> [(&'static str, Standing); 6] {
    let account = Some(("mei".to_owned(), 1));
    [
        ("token", Standing { token: Some(keys.token), ..Standing::default() }),
        ("login", Standing { login: Some(keys.login), ..Standing::default() }),
        ("guest", Standing { guest: Some(keys.guest), ..Standing::default() }),
        ("changed", Standing { account: account.clone(), ..Standing::default() }),
        ("owner", Standing { owner: Some(("mei".to_owned(), Role::Admin)), ..Standing::default() }),
        ("disabled", Standing { account: account.map(|(login, _)| (login, 3)), ..Standing::default() }),
    ]
}

async fn fell<E: Engine>(world: &World<E>, what: &str, keys: &Keys) {
    let (store, at) = (world.store(), world.now().wall);
    match what {
        "changed" => store
            .save_user(UserRow { version: 2, ..user(world, "mei") }, UserRules::default(), act(world))
            .await
            .unwrap(),
        "owner" => {
            let member = UserRow { version: 3, role: Role::Member, ..user(world, "mei") };
            store.save_user(member, UserRules::default(), act(world)).await.unwrap();
        }
        "disabled" => {
            let disabled = UserRow { version: 4, disabled_at: Some(at), ..user(world, "mei") };
            store.save_user(disabled, UserRules::default(), act(world)).await.unwrap();
        }
        "token" => assert_eq!(store.revoke_token(keys.token, None, at, act(world)).await, Ok(true)),
        "login" => assert_eq!(store.end_login(keys.login, at, act(world)).await, Ok(true)),
        _ => assert_eq!(store.end_guest(keys.guest, at, act(world)).await, Ok(true)),
    }
}

fn by(commit: Commit, standing: &Standing) -> Commit {
    let standing = standing.clone();
    let credential = Credential { method: Method::Password, id: None, expires_at: None, standing };
    Commit { standing: Some(Arc::new(credential)), ..commit }
}

/// Who was let in by what has fallen commits nothing: neither a change nor a new session, and its key stays free.
pub async fn whoever_no_longer_stands_commits_nothing<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    let session = world.open(world.question()).await;
    let keys = keys(&world, session.id()).await;
    assert_eq!(store.stands(&Standing::default()).await, Ok(true), "nothing can fall");
    for (number, (what, standing)) in falls(&keys).into_iter().enumerate() {
        assert_eq!(store.stands(&standing).await, Ok(true), "{what} stands before");
        let good = then(&world.open(world.question()).await, &world.now(), [cancelled("mei")]);
        store.commit(by(good, &standing)).await.unwrap();
        fell(&world, what, &keys).await;
        assert_eq!(store.stands(&standing).await, Ok(false), "{what} has fallen");
        let before = (store.session(session.id()).await, store.feed_span().await, store.statistics(Visible::All).await);
        let change = then(&session, &world.now(), [cancelled("mei")]);
        let opened = keyed(world.question().open(), &format!("key {number}"), 1);
        for refused in [change, opened] {
            let refused = by(refused, &standing);
            let id = refused.session.id();
            assert_eq!(store.commit(refused).await, Err(StoreError::NotStanding), "{what}");
            let kept = store.session(id).await.unwrap();
            assert!(kept.is_none_or(|kept| kept.session.version == Version(1)), "{what}");
        }
        let after = (store.session(session.id()).await, store.feed_span().await, store.statistics(Visible::All).await);
        assert_eq!(after, before, "{what}");
        let again = keyed(world.question().open(), &format!("key {number}"), 2);
        store.commit(again).await.expect("the key of what was refused is free");
    }
}

/// Somebody who never was does not stand.
pub async fn nobody_stands_by_what_never_was<E: Engine>() {
    let world = World::<E>::new().await;
    let none = Standing::default;
    for standing in [
        Standing { account: Some(("nobody".to_owned(), 1)), ..none() },
        Standing { owner: Some(("nobody".to_owned(), Role::Member)), ..none() },
        Standing { token: Some(world.ids.token()), ..none() },
        Standing { login: Some(world.ids.login()), ..none() },
        Standing { guest: Some(world.ids.guest()), ..none() },
    ] {
        assert_eq!(world.store().stands(&standing).await, Ok(false), "{standing:?}");
    }
}

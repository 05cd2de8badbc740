//! What comes with a changed person in the same transaction: administrators, sign-ins, and by whom.

use askwell_app::ports::{AccountStore, Admins, By, Logins, Standing, StoreError, UserRow, UserRules};
use askwell_core::access::Role;

use super::accounts::{Keys, act, keys as keys_of, user};
use super::{Engine, World};

const ONE_REMAINS: UserRules = UserRules { logins: Logins::GoOn, admins: Admins::OneRemains };
const NONE_YET: UserRules = UserRules { logins: Logins::GoOn, admins: Admins::NoneYet };

/// Somebody with an account, signed in.
async fn mei<E: Engine>(world: &World<E>) -> Keys {
    let session = world.open(world.question()).await.id();
    keys_of(world, session).await
}

/// However many administrators step back at once, one remains.
pub async fn one_administrator_remains<E: Engine>() {
    const ADMINS: usize = 6;
    let world = World::<E>::new().await;
    let names: Vec<_> = (0..ADMINS).map(|number| format!("admin-{number}")).collect();
    for name in &names {
        world.store().save_user(user(&world, name), UserRules::default(), act(&world)).await.unwrap();
    }
    let steps = names.iter().enumerate().map(|(at, name)| {
        let row = UserRow { version: 2, ..user(&world, name) };
        // One of the two ways not to be one any more.
        let row = if at % 2 == 0 {
            UserRow { role: Role::Member, ..row }
        } else {
            UserRow { disabled_at: Some(world.now().wall), ..row }
        };
        world.store().save_user(row, ONE_REMAINS, act(&world))
    });
    let outcomes = futures::future::join_all(steps).await;
    let refused = outcomes.iter().filter(|outcome| **outcome == Err(StoreError::Admins)).count();
    assert_eq!((refused, outcomes.iter().filter(|outcome| outcome.is_ok()).count()), (1, ADMINS - 1), "{outcomes:?}");
    assert_eq!(world.store().has_admin().await, Ok(true));
}

/// Whoever is first to make one makes the only one.
pub async fn the_first_administrator_is_made_once<E: Engine>() {
    let world = World::<E>::new().await;
    let member = UserRow { role: Role::Member, ..user(&world, "mei") };
    world.store().save_user(member, UserRules::default(), act(&world)).await.unwrap();
    assert_eq!(world.store().has_admin().await, Ok(false));
    let racers = (0..8).map(|number| {
        let row = user(&world, &format!("racer-{number}"));
        world.store().save_user(row, NONE_YET, act(&world))
    });
    let outcomes = futures::future::join_all(racers).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    // Where there was none before, none need remain.
    let world = World::<E>::new().await;
    let member = UserRow { role: Role::Member, ..user(&world, "mei") };
    world.store().save_user(member.clone(), UserRules::default(), act(&world)).await.unwrap();
    let renamed = UserRow { name: "Mei".to_owned(), version: 2, ..member };
    assert_eq!(world.store().save_user(renamed, ONE_REMAINS, act(&world)).await, Ok(()));
}

/// Sign-ins end with the change that ends them, but for the one that makes it, and nobody else's.
pub async fn sign_ins_end_with_a_change<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    let keys = mei(&world).await;
    let ends = |except| UserRules { logins: Logins::End { except }, ..UserRules::default() };
    let changed = |version| UserRow { version, ..user(&world, "mei") };
    assert_eq!(store.save_user(changed(9), ends(None), act(&world)).await, Err(StoreError::Stale));
    store.save_user(changed(2), ends(Some(keys.login)), act(&world)).await.unwrap();
    store.save_user(user(&world, "bob"), ends(None), act(&world)).await.unwrap();
    assert_eq!(store.logins("mei").await.unwrap().len(), 1);
    store.save_user(changed(3), ends(None), act(&world)).await.unwrap();
    assert_eq!(store.logins("mei").await, Ok(vec![]));
}

/// Whoever has fallen changes nothing of accounts, either.
pub async fn whoever_no_longer_stands_changes_nobody<E: Engine>() {
    let world = World::<E>::new().await;
    let store = world.store();
    mei(&world).await;
    let by = |version, role| By {
        standing: Standing {
            account: Some(("mei".to_owned(), version)),
            owner: Some(("mei".to_owned(), role)),
            ..Standing::default()
        },
        ..act(&world)
    };
    for fallen in [by(2, Role::Admin), by(1, Role::Member)] {
        let refused = store.save_user(user(&world, "eve"), UserRules::default(), fallen).await;
        assert_eq!(refused, Err(StoreError::NotStanding));
    }
    assert_eq!(store.user("eve").await, Ok(None));
    assert_eq!(store.save_user(user(&world, "eve"), UserRules::default(), by(1, Role::Admin)).await, Ok(()));
}

/// People to choose from by a part of either name, in whatever case; nobody who may not sign in.
pub async fn people_and_groups_are_found_by_a_part<E: Engine>() {
    let world = World::<E>::new().await;
    for (login, name, group) in [("mei", "李梅", "夜班"), ("ole", "ØYSTEIN", "Ops"), ("zoe", "Zoe", "ops")] {
        let row = UserRow { name: name.to_owned(), groups: vec![group.to_owned()], ..user(&world, login) };
        world.store().save_user(row, UserRules::default(), act(&world)).await.unwrap();
    }
    let gone = UserRow { disabled_at: Some(world.now().wall), groups: vec![], ..user(&world, "gone") };
    world.store().save_user(gone, UserRules::default(), act(&world)).await.unwrap();
    for (text, logins, groups) in [
        ("梅", &["mei"][..], &[][..]),
        ("øy", &["ole"], &[]),
        ("O", &["ole", "zoe"], &["Ops", "ops"]),
        ("班", &[], &["夜班"]),
        ("", &["mei", "ole", "zoe"], &["Ops", "ops", "夜班"]),
    ] {
        let (people, found) = world.store().choices(text, 9).await.unwrap();
        assert_eq!(people.iter().map(|(login, _)| login.as_str()).collect::<Vec<_>>(), logins, "{text:?}");
        assert_eq!(found, groups, "{text:?}");
    }
    assert_eq!(world.store().choices("", 1).await.unwrap().0.len(), 1);
}

/// What has been over for long is forgotten, some at a time.
pub async fn sign_ins_that_are_over_are_forgotten<E: Engine>() {
    let world = World::<E>::new().await;
    let keys = mei(&world).await;
    let over = world.store().logins("mei").await.unwrap()[0].expires_at;
    assert_eq!(world.store().forget_logins(over, 9).await, Ok(0));
    world.advance(1);
    assert_eq!(world.store().forget_logins(world.now().wall, 0).await, Ok(0));
    assert_eq!(world.store().forget_logins(world.now().wall, 9).await, Ok(1));
    let standing = Standing { login: Some(keys.login), ..Standing::default() };
    assert_eq!(world.store().stands(&standing).await, Ok(false));
}

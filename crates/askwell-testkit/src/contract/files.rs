//! Uploads: of open sessions, counted, kept by answers.

use askwell_app::ports::{FileRoom, FileRow, FileStore, Ids, SessionStore, StoreError};
use serde_json::json;

use super::{Engine, World};
use crate::fixtures::{answered, cancelled, file, room, then};

/// An upload is read back, counted and removed.
pub async fn an_upload_is_kept<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let one = file(world.ids.file(), session.id(), 700, world.now().wall);
    let two = file(world.ids.file(), session.id(), 300, world.now().wall);
    world.store().add_file(one.clone(), room(2)).await.unwrap();
    world.store().add_file(two.clone(), room(2)).await.unwrap();
    let third = file(world.ids.file(), session.id(), 1, world.now().wall);
    let used = one.size + two.size;
    let full = FileRoom { per_session: 9, total: used + third.size - 1 };
    assert_eq!(world.store().add_file(third.clone(), full).await, Err(StoreError::QuotaUsed));
    assert_eq!(world.store().add_file(third, room(2)).await, Err(StoreError::Stale));
    let world = world.reopen().await;
    assert_eq!(world.store().files(session.id()).await.unwrap(), [one.clone(), two.clone()]);
    assert_eq!(world.store().file(two.id).await.unwrap(), Some(two.clone()));
    assert_eq!(world.store().files_total().await.unwrap(), 1_000);
    assert!(world.store().remove_file(one.id).await.unwrap());
    assert!(!world.store().remove_file(one.id).await.unwrap());
    assert_eq!(world.store().files_total().await.unwrap(), 300);
}

/// A session that is closed, or that there is not, takes no upload.
pub async fn a_closed_session_takes_none<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    world.commit(then(&session, &world.now(), [cancelled("ci")])).await;
    for session in [session.id(), world.ids.session()] {
        let upload = file(world.ids.file(), session, 1, world.now().wall);
        assert_eq!(world.store().add_file(upload, room(9)).await, Err(StoreError::Stale));
    }
    assert_eq!(world.store().files_total().await.unwrap(), 0);
}

/// The uploads of an answer belong to it for good.
pub async fn an_answer_keeps_its_files<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let upload = file(world.ids.file(), session.id(), 5, world.now().wall);
    world.store().add_file(upload.clone(), room(9)).await.unwrap();
    let mut commit = then(&session, &world.now(), [answered("mei", json!({}), &world.now())]);
    commit.files = vec![upload.id];
    let closed = world.commit(commit.clone()).await;
    let kept = FileRow { answered: true, ..upload.clone() };
    assert_eq!(world.store().file(upload.id).await.unwrap(), Some(kept));
    assert!(!world.store().remove_file(upload.id).await.unwrap());
    // The loser of a race is told that, not that its files are missing.
    commit.files = vec![world.ids.file()];
    assert_eq!(world.store().commit(commit).await, Err(StoreError::Stale));
    assert_eq!(world.store().session(session.id()).await.unwrap().unwrap().session, closed);
}

/// An answer cannot take what is not there, nor what is another's.
pub async fn a_file_of_another_session_is_not_ready<E: Engine>() {
    let world = World::<E>::new().await;
    let (session, other) = (world.open(world.question()).await, world.open(world.question()).await);
    let own = file(world.ids.file(), session.id(), 5, world.now().wall);
    let foreign = file(world.ids.file(), other.id(), 5, world.now().wall);
    world.store().add_file(own.clone(), room(9)).await.unwrap();
    world.store().add_file(foreign.clone(), room(9)).await.unwrap();
    for id in [foreign.id, world.ids.file()] {
        let mut commit = then(&session, &world.now(), [answered("mei", json!({}), &world.now())]);
        commit.files = vec![own.id, id];
        assert_eq!(world.store().commit(commit).await, Err(StoreError::FileNotReady));
    }
    assert_eq!(world.store().session(session.id()).await.unwrap().unwrap().session, session);
    assert_eq!(world.store().file(own.id).await.unwrap(), Some(own));
}

/// Uploads that no answer took are found once their session has been closed for a while.
pub async fn orphans_are_found<E: Engine>() {
    let world = World::<E>::new().await;
    let (session, open) = (world.open(world.question()).await, world.open(world.question()).await);
    let taken = file(world.ids.file(), session.id(), 5, world.now().wall);
    let left = file(world.ids.file(), session.id(), 5, world.now().wall);
    let of_open = file(world.ids.file(), open.id(), 5, world.now().wall);
    for upload in [&taken, &left, &of_open] {
        world.store().add_file(upload.clone(), room(9)).await.unwrap();
    }
    let mut commit = then(&session, &world.now(), [answered("mei", json!({}), &world.now())]);
    commit.files = vec![taken.id];
    let closed = world.commit(commit).await;
    assert!(world.store().orphan_files(closed.state.closed_at.unwrap(), 10).await.unwrap().is_empty());
    world.advance(1);
    assert_eq!(world.store().orphan_files(world.now().wall, 10).await.unwrap(), [left]);
}

//! What one client is still to be told: open reviews first, then changes.
//!
//! Invariants: every change after [`Source::place`] is told once, in the feed's
//! order; a client that takes nothing holds nothing, as its source lets go of the
//! feed and takes it up again where it was. Neighbours: `conversation` asks for
//! the next whenever its client has room.

use std::collections::VecDeque;
use std::sync::Arc;

use askwell_app::ports::{Cursor, StoredSession};
use askwell_app::{After, AppError, FeedItem, FeedStream};
use askwell_core::ids::SessionId;
use futures::stream::StreamExt as _;

use crate::identity::Identity;
use crate::state::Server;

/// Open reviews that are read at once: each may be large.
const PAGE: usize = 16;

/// What is told, before it is encoded.
pub(super) enum Told {
    /// A review that was open already when the client came.
    Review(Box<StoredSession>),
    /// A change.
    Change(Arc<FeedItem>),
    /// The change at the place that a client came back to: it may have left between the two events of one change.
    Rest(Box<FeedItem>),
}

/// What comes before the changes.
enum First {
    Nothing,
    /// Open reviews, after this one.
    Reviews(Option<SessionId>),
    /// The change at the place itself.
    Rest,
}

/// What one client is still to be told.
pub(super) struct Source {
    server: Server,
    who: Identity,
    place: Cursor,
    first: First,
    reviews: VecDeque<StoredSession>,
    last_review: Option<SessionId>,
    feed: Option<FeedStream>,
}

impl Source {
    /// What comes from now on, after all open reviews if they are wanted.
    pub(super) async fn live(server: &Server, who: &Identity, with_reviews: bool) -> Result<Self, AppError> {
        let place = server.app.place(&who.caller, After::Latest).await?;
        let first = if with_reviews { First::Reviews(None) } else { First::Nothing };
        Ok(Self::of(server, who, place, first))
    }

    /// What comes after a cursor that the client was told.
    pub(super) async fn after(server: &Server, who: &Identity, cursor: String) -> Result<Self, AppError> {
        let place = server.app.place(&who.caller, After::Cursor(cursor)).await?;
        Ok(Self::of(server, who, place, First::Rest))
    }

    fn of(server: &Server, who: &Identity, place: Cursor, first: First) -> Self {
        let (server, who) = (server.clone(), who.clone());
        Self { server, who, place, first, reviews: VecDeque::new(), last_review: None, feed: None }
    }

    /// The cursor of what was told last.
    pub(super) fn place(&self) -> &Cursor {
        &self.place
    }

    /// Lets go of all that it holds until the next is asked for.
    pub(super) fn let_go(&mut self) {
        self.feed = None;
        if !self.reviews.is_empty() {
            self.reviews.clear();
            self.first = First::Reviews(self.last_review);
        }
    }

    /// The next that is to be told; `None` when the server stops. Nothing is lost where it is dropped half-way.
    pub(super) async fn next(&mut self) -> Option<Result<Told, AppError>> {
        loop {
            if let Some(review) = self.reviews.pop_front() {
                self.last_review = Some(review.session.id());
                return Some(Ok(Told::Review(Box::new(review))));
            }
            if let (First::Nothing, Some(feed)) = (&self.first, &mut self.feed) {
                let item = feed.next().await?;
                return Some(item.map(|item| {
                    self.place = item.cursor.clone();
                    Told::Change(item)
                }));
            }
            match Box::pin(self.prepare()).await {
                Ok(None) => {}
                Ok(Some(told)) => return Some(Ok(told)),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Reads what comes before the changes, then takes up the feed.
    async fn prepare(&mut self) -> Result<Option<Told>, AppError> {
        let (app, caller) = (&self.server.app, &self.who.caller);
        match self.first {
            First::Reviews(after) => {
                let (page, next) = app.open_reviews(caller, after, PAGE).await?;
                self.first = next.map_or(First::Nothing, |last| First::Reviews(Some(last)));
                self.reviews = page.into();
            }
            First::Rest => {
                let found = app.change_at(caller, &self.place).await?;
                self.first = First::Nothing;
                return Ok(found.map(|item| Told::Rest(Box::new(item))));
            }
            First::Nothing => self.feed = Some(app.follow(caller, After::Cursor(self.place.to_string())).await?),
        }
        Ok(None)
    }
}

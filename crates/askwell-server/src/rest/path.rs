//! Ids in paths. One that cannot be an id is answered like one that does not exist.

use askwell_core::ids::{DeliveryId, FileId, SessionId};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use std::str::FromStr;

use crate::wire::problem::{Code, Problem};

/// Implements the extractor of one id.
macro_rules! path_id {
    ($(#[$doc:meta])* $name:ident, $id:ty, $param:literal, $code:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name(pub(crate) $id);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                find(parts, state, $param).await.map(Self).ok_or_else(|| Problem::new(Code::$code))
            }
        }
    };
}

path_id! {
    /// The session that a path names.
    SessionPath, SessionId, "session_id", SessionNotFound
}
path_id! {
    /// The file that a path names.
    FilePath, FileId, "file_id", FileNotFound
}
path_id! {
    /// The delivery that a path names.
    DeliveryPath, DeliveryId, "delivery_id", DeliveryNotFound
}

async fn find<S: Send + Sync, T: FromStr + ToString>(parts: &mut Parts, state: &S, name: &str) -> Option<T> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok()?;
    let (_, text) = params.iter().find(|(given, _)| *given == name)?;
    // One spelling of an id, or two addresses would be one session.
    text.parse().ok().filter(|id: &T| id.to_string() == text)
}

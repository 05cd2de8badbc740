//! The results of several answers given at once.

use askwell_app::{AppError, Changed};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::problem::{Code, Place, Problem};
use super::session::SessionBody;
use super::warnings;

/// A result for each answer, in order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Results)]
pub(crate) struct ResultsBody {
    success: bool,
    /// With `success: true` the session, else a problem's members.
    #[schema(value_type = Vec<super::schema::AnswerResult>)]
    results: Vec<Map<String, Value>>,
}

impl ResultsBody {
    /// `ids` as they were given; `results` of those that can be ids at all.
    pub(crate) fn of(ids: Vec<(String, bool)>, results: Vec<Result<Changed, AppError>>, place: &Place<'_>) -> Self {
        let mut results = results.into_iter();
        let of_one = |(session_id, usable): (String, bool)| {
            let result = if usable { results.next() } else { None };
            let mut body = match result {
                Some(Ok(changed)) => answered(&changed, place),
                Some(Err(error)) => Problem::from(error).among(place),
                None => Problem::new(Code::SessionNotFound).among(place),
            };
            body.insert("session_id".to_owned(), session_id.into());
            body
        };
        Self { success: true, results: ids.into_iter().map(of_one).collect() }
    }
}

fn answered(changed: &Changed, place: &Place<'_>) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("success".to_owned(), true.into());
    body.insert("session".to_owned(), json!(SessionBody::of(&changed.stored.session)));
    if !changed.warnings.is_empty() {
        body.insert("warnings".to_owned(), warnings(&changed.warnings, place.locale).into());
    }
    body
}

//! The route table: the API's contents page.
//!
//! Handlers are three lines: decode, call, encode. What they decode comes from
//! `wire/body.rs` and `wire/params.rs`, what they encode from `wire`.

mod answers;
mod deliveries;
mod docs;
mod events;
mod files;
mod health;
mod path;
mod query;
mod sessions;
mod statistics;
mod system;
mod templates;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Server;

/// Every route, with its documentation.
pub(crate) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(sessions::open, sessions::list))
        .routes(routes!(sessions::preview))
        .routes(routes!(sessions::show, sessions::delete))
        .routes(routes!(sessions::status))
        .routes(routes!(sessions::cancel))
        .routes(routes!(sessions::claim))
        .routes(routes!(sessions::release))
        .routes(routes!(sessions::extend))
        .routes(routes!(sessions::history))
        .routes(routes!(answers::respond))
        .routes(routes!(answers::respond_many))
        .routes(routes!(files::upload, files::list))
        .routes(routes!(files::download, files::remove))
        .routes(routes!(events::feed))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::redeliver))
        .routes(routes!(statistics::statistics))
        .routes(routes!(templates::templates))
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
        .routes(routes!(system::request))
        .routes(routes!(system::response))
        .routes(routes!(system::answer))
        .routes(routes!(system::pending))
        .routes(routes!(system::debug))
        .routes(routes!(system::test))
        .routes(routes!(system::readiness))
        .merge(docs::routes())
}

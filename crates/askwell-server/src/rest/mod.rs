//! The route table: the API's contents page.
//!
//! Handlers are three lines: decode, call, encode. What they decode comes from
//! `wire/body.rs` and `wire/params.rs`, what they encode from `wire`.

mod account;
mod answers;
mod audit;
mod claude_code;
mod deliveries;
mod docs;
mod events;
mod files;
mod health;
mod oauth;
mod parties;
mod passkeys;
mod path;
mod query;
mod sessions;
mod statistics;
mod system;
mod templates;
mod tokens;
mod users;

use axum::http::HeaderMap;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::identity::Identity;
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
        .routes(routes!(parties::assign))
        .routes(routes!(parties::delegate))
        .routes(routes!(parties::candidates))
        .routes(routes!(parties::invite, parties::invitations))
        .routes(routes!(parties::end_invitation))
        .routes(routes!(answers::respond))
        .routes(routes!(answers::respond_many))
        .routes(routes!(passkeys::step_up))
        .routes(routes!(files::upload, files::list))
        .routes(routes!(files::download, files::remove))
        .routes(routes!(events::feed))
        .routes(routes!(claude_code::hook))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::redeliver))
        .routes(routes!(account::me))
        .routes(routes!(account::login))
        .routes(routes!(account::logout))
        .routes(routes!(account::setup))
        .routes(routes!(account::guest))
        .routes(routes!(oauth::depart))
        .routes(routes!(oauth::arrive))
        .routes(routes!(account::logins))
        .routes(routes!(account::end_login))
        .routes(routes!(account::password))
        .routes(routes!(passkeys::begin))
        .routes(routes!(passkeys::list, passkeys::register))
        .routes(routes!(passkeys::remove))
        .routes(routes!(users::list, users::add))
        .routes(routes!(users::change))
        .routes(routes!(users::choices))
        .routes(routes!(tokens::list, tokens::issue))
        .routes(routes!(tokens::revoke))
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
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

/// Under which address the caller reaches the server, without a slash at its end.
fn own_url(server: &Server, who: &Identity, headers: &HeaderMap) -> String {
    server.options.own_url(who.outside, headers)
}
